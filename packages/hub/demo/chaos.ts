import { calm, type Neighborhood, stormy, type Weather } from '@backhaul/simulator'
import { pick, type Random } from '../bench/workload/random.ts'

/** Something that goes wrong for a while. */
interface Episode {
  readonly name: string
  readonly seconds: number
  begin(neighborhood: Neighborhood): void
  end(neighborhood: Neighborhood): void
}

const webs = ['zendesk', 'shopify', 'woocommerce', 'easypost', 'warehouse'] as const

function outageOf(name: (typeof webs)[number]): Episode {
  return {
    name: `${name} is down`,
    seconds: 60,
    begin: ({ [name]: web }) => web.faults.set([{ fault: 'unavailable', chance: 1 }]),
    end: ({ [name]: web }) => web.faults.set([]),
  }
}

function weatherOf(name: string, weather: Weather): Episode {
  return {
    name,
    seconds: 45,
    begin: (neighborhood) => neighborhood.setWeather(weather),
    end: (neighborhood) => neighborhood.setWeather(calm),
  }
}

/** One call in twelve comes to grief in each way there is. */
const roughShare = 0.3

const episodes: readonly [Episode, ...Episode[]] = [
  weatherOf('calls are cut, answers half, webhooks doubled, lost and in disorder', stormy),
  weatherOf('every third call fails', { ...stormy, faultShare: roughShare }),
  weatherOf('every second webhook is lost', {
    ...calm,
    webhooks: { duplicate: 0.2, loss: 0.5, disorder: 0.2, delayMs: 500 },
  }),
  ...webs.map(outageOf),
]

const calmSeconds = 30

/** Lets things go wrong, one after the other, with a while of peace in between, and says so. */
export async function runChaos(
  neighborhood: Neighborhood,
  given: {
    readonly random: Random
    readonly say: (line: string) => void
    /** Waits for seconds. @throws when the demo ends. */
    readonly pause: (seconds: number) => Promise<void>
  },
): Promise<never> {
  for (;;) {
    await given.pause(calmSeconds)
    const episode = pick(given.random, episodes)
    given.say(`chaos: ${episode.name}, for ${episode.seconds} s`)
    episode.begin(neighborhood)
    try {
      await given.pause(episode.seconds)
    } finally {
      episode.end(neighborhood)
    }
    given.say(`chaos: over (${episode.name})`)
  }
}
