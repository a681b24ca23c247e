import i18next, { type BackendModule } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { languageOf, languages, preferences } from '../preferences/preferences.ts'

type Texts = Record<string, unknown>

/** A file for each language and screen, fetched when a screen is first shown in it. */
const files = import.meta.glob<Texts>('./{en,de}/*.json', { import: 'default' })

const backend: BackendModule = {
  type: 'backend',
  init() {},
  read(language, namespace, done) {
    const load = files[`./${language}/${namespace}.json`]
    if (load === undefined) {
      done(new Error(`there are no texts for ${namespace} in ${language}`), null)
      return
    }
    void hand(load, done)
  },
}

async function hand(
  load: () => Promise<Texts>,
  done: Parameters<BackendModule['read']>[2],
): Promise<void> {
  try {
    done(null, await load())
  } catch (error) {
    done(error as Error, null)
  }
}

/** Makes the texts of the console ready, in the language that its reader asked for. */
export async function startTexts(): Promise<void> {
  const language = languageOf(preferences().language, navigator.languages)
  i18next.on('languageChanged', (spoken) => {
    document.documentElement.lang = spoken
  })
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: 'en',
      supportedLngs: languages,
      ns: ['common'],
      defaultNS: 'common',
      // React escapes what it shows.
      interpolation: { escapeValue: false },
    })
}
