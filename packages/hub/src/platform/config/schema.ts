import * as z from 'zod'
import { isKeyRingText } from '../crypto/key-ring.ts'
import { logLevels } from '../logger.ts'
import { isReadableBehindWhite } from './contrast.ts'

/** The parts of the hub that one process can run: all of them, or some on each of several. */
const roles = ['ingest', 'process', 'deliver', 'tick', 'api'] as const

export type FieldNotes = {
  /** For a person who has never seen the field: what it does, and when to change it. */
  readonly description: string
  readonly unit?: 'seconds' | 'milliseconds' | 'hours' | 'days' | 'bytes'
  /** Never shown, and readable from a file that an environment variable names. */
  readonly isSecret?: true
  /** Environment variables that are read besides the one made from the field's name. */
  readonly alsoEnv?: readonly string[]
  /** What a valid value is, where the schema's type and limits do not say it all. */
  readonly expected?: string
  /** Where the default is found out at start, how. */
  readonly defaultNote?: string
}

export const fieldNotes = z.registry<FieldNotes>()

/** `<connection>/<poll>=<seconds>` */
const pollPause = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}\/[a-z0-9][a-z0-9-]{0,62}=[1-9]\d{0,4}$/)

/** A list of names for a host, an address or a block of addresses; what they resolve to is checked on use. */
const privateTarget = z.string().regex(/^[A-Za-z0-9_.:-]+(\/\d{1,3})?$/)

const timeZone = z.string().refine((name) => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format()
    return true
  } catch {
    return false
  }
})

/** A picture that needs no other server: in itself, or on the same origin. */
const logo = z
  .string()
  .max(8_000)
  .regex(
    /^(data:image\/(png|jpeg|webp|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}|\/(?!\/)[A-Za-z0-9._/-]{1,200})$/,
  )

const promisedDays = z.int().min(0).max(90).optional()

/**
 * Everything that can be configured: the one source of the file's shape, the environment's names,
 * the checks, the defaults and the reference page.
 */
export const configSchema = z.object({
  host: z.string().min(1).default('127.0.0.1').register(fieldNotes, {
    description:
      'Address that the HTTP server listens on. The default answers this machine only; set 0.0.0.0 or :: where other machines or a reverse proxy must reach it.',
  }),
  port: z.int().min(0).max(65_535).default(8484).register(fieldNotes, {
    description: 'TCP port of the HTTP server. 0 takes any free port.',
  }),
  publicUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .register(fieldNotes, {
      description:
        'Address under which others reach the hub, as it stands in webhook addresses, status links and sign-in redirects. Set it wherever a proxy stands in front.',
      expected: 'an http or https URL',
      defaultNote: 'made from host and port',
    }),
  dataDir: z.string().min(1).default('.backhaul').register(fieldNotes, {
    description:
      'Folder that holds the master key and the embedded database. Relative to the folder that the hub is started in.',
  }),
  roles: z
    .array(z.enum(roles))
    .min(1)
    .default([...roles])
    .register(fieldNotes, {
      description:
        'Parts of the hub that this process runs: ingest takes webhooks and files in and asks connections what has changed, process applies what waits, deliver sends commands, tick runs timers, feeds and retention, api serves the API and the console.',
    }),
  nodeId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .optional()
    .register(fieldNotes, {
      description:
        'Name of this process among several on one database. A process that keeps its name takes up its own unfinished deliveries at once when it starts again; two processes must never share one.',
      expected: '1 to 64 letters, digits, dots, underscores or hyphens',
      defaultNote: 'made from the host name and the data folder',
    }),
  masterKey: z.string().refine(isKeyRingText).optional().register(fieldNotes, {
    description:
      'Keys that seal stored secrets: 32 bytes each in base64 or hexadecimal, separated by commas, the active one first. Every process on one database needs the same keys, and a lost key makes the secrets sealed with it unreadable.',
    isSecret: true,
    expected: 'keys of 32 bytes in base64 or hexadecimal, separated by commas',
    defaultNote: 'the file master.key in the data folder, created at the first start',
  }),
  shutdownGraceSeconds: z.int().min(1).max(600).default(20).register(fieldNotes, {
    description:
      'How long a shutdown waits for requests and deliveries that are under way. What is cut off is taken up again after its lease.',
    unit: 'seconds',
  }),
  database: z.object({
    url: z
      .url({ protocol: /^postgres(ql)?$/ })
      .optional()
      .register(fieldNotes, {
        description:
          'PostgreSQL server, version 15 or newer, as postgres://user:password@host:port/database. Without it the hub runs a PostgreSQL of its own in the data folder.',
        isSecret: true,
        alsoEnv: ['DATABASE_URL'],
        expected: 'a URL of the form postgres://user:password@host:port/database',
        defaultNote: 'the embedded database',
      }),
    poolSize: z.int().min(4).max(200).default(12).register(fieldNotes, {
      description: 'Connections that this process keeps to the database at most.',
    }),
  }),
  log: z.object({
    level: z.enum(logLevels).default('info').register(fieldNotes, {
      description: 'The least severe level that is logged.',
    }),
  }),
  http: z.object({
    apiBodyLimitBytes: z.int().min(1024).max(104_857_600).default(1_048_576).register(fieldNotes, {
      description: 'Largest body that the API takes.',
      unit: 'bytes',
    }),
    webhookBodyLimitBytes: z
      .int()
      .min(1024)
      .max(104_857_600)
      .default(4_194_304)
      .register(fieldNotes, {
        description: 'Largest body that a webhook may send.',
        unit: 'bytes',
      }),
    fileBodyLimitBytes: z
      .int()
      .min(1024)
      .max(104_857_600)
      .default(20_971_520)
      .register(fieldNotes, {
        description: 'Largest file that may be handed over, by upload or in the drop folder.',
        unit: 'bytes',
      }),
  }),
  files: z.object({
    dropDir: z.string().min(1).optional().register(fieldNotes, {
      description:
        'Folder that is looked into for files of connected systems: what lies in <connection>/<topic>/ is taken in and moved to done/ there. Only one process should look into it.',
      expected: 'a path',
      defaultNote: 'no folder is looked into',
    }),
  }),
  metrics: z.object({
    enabled: z.boolean().default(true).register(fieldNotes, {
      description: 'Whether metrics are kept and served in the Prometheus format at /metrics.',
    }),
    port: z.int().min(1).max(65_535).optional().register(fieldNotes, {
      description:
        'A port of its own for /metrics, without authentication, on the same address as the HTTP server.',
      defaultNote: 'none: /metrics is served by the HTTP server, to those who are allowed to',
    }),
  }),
  delivery: z.object({
    leaseSeconds: z.int().min(5).max(3600).default(30).register(fieldNotes, {
      description:
        'How long a process holds a delivery before others may take it up: the time that a crashed process delays what it held. Longer than a request may take.',
      unit: 'seconds',
    }),
    requestTimeoutMs: z.int().min(100).max(600_000).default(15_000).register(fieldNotes, {
      description:
        'How long one delivery may take, from the connection to the last byte of the answer. A connector may set less.',
      unit: 'milliseconds',
    }),
    concurrencyPerConnection: z.int().min(1).max(1000).default(16).register(fieldNotes, {
      description:
        'Deliveries to one connection at the same time, each for another case. A connection may set less.',
    }),
    customerNoticeAfterHours: z.int().min(1).max(720).default(24).register(fieldNotes, {
      description:
        'How late a command that a customer waits for may be before the customer is told so, once, and once that it has come right.',
      unit: 'hours',
    }),
  }),
  retention: z.object({
    inboxDays: z.int().min(1).max(36_500).default(90).register(fieldNotes, {
      description: 'How long messages are kept as they came in.',
      unit: 'days',
    }),
    caseEventDays: z.int().min(30).max(36_500).default(730).register(fieldNotes, {
      description:
        'How long the events of cases, and the commands that they owed, are kept. An event that belongs before what is left of a history is kept aside without effect.',
      unit: 'days',
    }),
    attemptDays: z.int().min(1).max(36_500).default(90).register(fieldNotes, {
      description: 'How long the log of attempts to deliver is kept.',
      unit: 'days',
    }),
    dedupeDays: z.int().min(1).max(3650).default(30).register(fieldNotes, {
      description:
        'How long a message is recognized when its sender sends it again. Longer than any sender retries.',
      unit: 'days',
    }),
  }),
  changeControl: z.object({
    fourEyes: z.boolean().default(false).register(fieldNotes, {
      description:
        'Whether a version of a mapping or policy goes into force only after somebody else than its author has reviewed it.',
    }),
  }),
  masterData: z.object({
    feedSeconds: z.int().min(5).max(86_400).default(300).register(fieldNotes, {
      description:
        'How often a connection that feeds products, parties, warehouses or vendors is asked what has changed. A feed that has more is read on at once.',
      unit: 'seconds',
    }),
    productsInMemory: z.int().min(1000).max(5_000_000).default(200_000).register(fieldNotes, {
      description:
        'Products, and parties, that a process keeps in memory at most, at some 350 bytes each. Where there are more, it keeps those that are asked for, and reads others when a message names them.',
    }),
  }),
  returns: z.object({
    lookUp: z.object({
      deadlineMs: z.int().min(100).max(60_000).default(3_000).register(fieldNotes, {
        description:
          'How long a request for a return, or a question what may come back, waits for what the system of record says of the order.',
        unit: 'milliseconds',
      }),
      waitSeconds: z.int().min(0).max(86_400).default(300).register(fieldNotes, {
        description:
          'How long the rules wait for what the system of record says of the order of a return. After that they decide on what is known, which mostly refers it to a person; an answer that comes later is decided on again.',
        unit: 'seconds',
      }),
    }),
    onSilence: z.enum(['accept', 'refuse']).default('accept').register(fieldNotes, {
      description:
        'What becomes of a request for a return over the API while the system of record does not answer: it is accepted and decided later, or refused, so that its sender asks again.',
    }),
  }),
  oidc: z.object({
    issuer: z
      .url({ protocol: /^https?$/ })
      .optional()
      .register(fieldNotes, {
        description:
          'Identity provider (OpenID Connect) by which people may sign in to the console, beside their password here. Its discovery document is read from there.',
        expected: 'an https URL',
        defaultNote: 'none: people sign in with a password',
      }),
    clientId: z.string().min(1).max(300).default('backhaul').register(fieldNotes, {
      description: 'Under which the identity provider knows the hub.',
    }),
    clientSecret: z.string().min(1).optional().register(fieldNotes, {
      description:
        'What the hub proves to the identity provider who it is by; without one it is a public client.',
      isSecret: true,
      defaultNote: 'none',
    }),
    label: z.string().min(1).max(60).default('single sign-on').register(fieldNotes, {
      description: 'What the button on the sign-in page says behind “Sign in with”.',
    }),
    scopes: z.string().min(1).max(300).default('openid email profile').register(fieldNotes, {
      description:
        'What is asked for. Many providers tell of groups only when a scope for them is asked for too.',
    }),
    groupsClaim: z.string().min(1).max(100).default('groups').register(fieldNotes, {
      description: 'Claim of the id token that names the groups that a person is in.',
    }),
    roles: z
      .array(z.string().regex(/^.{1,200}=(admin|integrator|agent|warehouse|finance|auditor)$/))
      .default([])
      .register(fieldNotes, {
        description:
          'Which group gives which role, as group=role; the first that a person is in counts, at every sign-in.',
        expected: 'group=role, with admin, integrator, agent, warehouse, finance or auditor',
      }),
    defaultRole: z
      .enum(['admin', 'integrator', 'agent', 'warehouse', 'finance', 'auditor'])
      .optional()
      .register(fieldNotes, {
        description: 'Role of somebody who is in none of the groups.',
        defaultNote: 'none: they are turned away',
      }),
  }),
  statusPage: z.object({
    linkDays: z.int().min(1).max(366).default(90).register(fieldNotes, {
      description: 'How long a link to the status page of a return is good for.',
      unit: 'days',
    }),
    question: z.enum(['none', 'order_or_postcode']).default('none').register(fieldNotes, {
      description:
        'What the status page asks before it shows a return: nothing, or the number of the order or the postcode. With a question, a link that was passed on shows nothing by itself.',
    }),
    name: z.string().min(1).max(80).optional().register(fieldNotes, {
      description: 'Name of the company, as it stands on the status page.',
      expected: '1 to 80 characters',
      defaultNote: 'none is shown',
    }),
    logo: logo.optional().register(fieldNotes, {
      description:
        'Logo on the status page: a data: address (PNG, JPEG, WebP or SVG in base64, up to 8,000 characters), or a path on the same origin, such as /brand/logo.svg, which a proxy in front serves.',
      expected: 'a data:image address in base64, or a path',
      defaultNote: 'none is shown',
    }),
    color: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i)
      .refine(isReadableBehindWhite)
      .default('#1f4e79')
      .register(fieldNotes, {
        description:
          'Color behind the name on the status page. White text on it needs a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3).',
        expected: 'a color such as #1f4e79, dark enough for white text (4.5 to 1)',
      }),
    supportEmail: z.email().optional().register(fieldNotes, {
      description: 'Address for questions, on the status page.',
      expected: 'an e-mail address',
      defaultNote: 'none is shown',
    }),
    supportPhone: z
      .string()
      .regex(/^\+?[0-9 ()/.-]{3,30}$/)
      .optional()
      .register(fieldNotes, {
        description: 'Telephone number for questions, on the status page.',
        expected: 'a telephone number',
        defaultNote: 'none is shown',
      }),
    supportUrl: z
      .url({ protocol: /^https$/ })
      .optional()
      .register(fieldNotes, {
        description: 'Page for questions, on the status page.',
        expected: 'an https URL',
        defaultNote: 'none is shown',
      }),
    decisionDays: promisedDays.register(fieldNotes, {
      description:
        'Within how many days after a request customers are told that it will be decided. Without it, no day is promised.',
      unit: 'days',
      expected: 'a whole number from 0 to 90',
      defaultNote: 'no day is promised',
    }),
    inspectionDays: promisedDays.register(fieldNotes, {
      description:
        'Within how many days after their arrival customers are told that goods will be checked.',
      unit: 'days',
      expected: 'a whole number from 0 to 90',
      defaultNote: 'no day is promised',
    }),
    refundDays: promisedDays.register(fieldNotes, {
      description:
        'Within how many days after it was paid out customers are told to expect a refund on their account.',
      unit: 'days',
      expected: 'a whole number from 0 to 90',
      defaultNote: 'no day is promised',
    }),
    timeZone: timeZone.default('UTC').register(fieldNotes, {
      description: 'Time zone of the dates on the status page, such as Europe/Berlin.',
      expected: 'the name of a time zone, such as Europe/Berlin',
    }),
    lateAfterMinutes: z.int().min(5).max(10_080).default(60).register(fieldNotes, {
      description:
        'From how many minutes on the status page says that the news of a system which matters for the return is late.',
    }),
  }),
  polls: z.object({
    pauses: z.array(pollPause).default([]).register(fieldNotes, {
      description:
        'How many seconds to wait between two looks of a poll, where that shall not be what its connector says, such as erp/changes=60. A poll that has more is read on at once, and a webhook that only hints at a change makes it look at once.',
      expected: 'a list of <connection>/<poll>=<seconds>',
    }),
    presenceHours: z.int().min(1).max(8_760).default(24).register(fieldNotes, {
      description:
        'How many hours to wait before asking connections again whether the documents that returns refer to are still there: systems tell nobody what they delete.',
    }),
  }),
  outbound: z.object({
    allowedPrivateTargets: z.array(privateTarget).default([]).register(fieldNotes, {
      description:
        'Host names, addresses and address blocks in private networks that connections may call, such as erp.internal or 10.20.0.0/16. Calls to any other private address are refused.',
      expected: 'a list of host names, addresses or blocks such as 10.20.0.0/16',
    }),
    checkHours: z.int().min(1).max(720).default(6).register(fieldNotes, {
      description:
        'How many hours to wait between two checks of a connection, which ask its system whether it takes our credentials, and for how much longer.',
    }),
  }),
})

export type HubConfig = DeepReadonly<z.output<typeof configSchema>>

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T
