import { Alert, Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Allowed } from '../../views/allowed.tsx'
import { Empty } from '../../views/empty.tsx'
import { formText } from '../../views/form-text.ts'
import { ProblemView } from '../../views/problem-view.tsx'
import { SinceText } from '../../views/time-text.tsx'
import { Waiting } from '../../views/waiting.tsx'
import { type useParkedWords, wordId } from './use-parked-words.ts'
import { useTitles } from './use-titles.ts'
import { type ParkedWord, setWord } from './words-api.ts'

/** What was said last, and what came of it. */
interface Effect {
  readonly word: string
  readonly replayed: number
}

/** Words that messages wait for: a likely meaning is taken by one click. */
export function ParkedWords({
  words,
}: {
  readonly words: ReturnType<typeof useParkedWords>['shown']
}) {
  const { t } = useTranslation('words')
  const [effect, setEffect] = useState<Effect | null>(null)
  return (
    <section aria-label={t('parked.title')}>
      <Title order={2} size="h4" mb="xs">
        {t('parked.title')}
      </Title>
      <div role="status">
        {effect !== null && (
          <Alert mb="sm" color="teal" title={t('parked.set', { word: effect.word })}>
            {t('parked.replayed', { count: effect.replayed })}
          </Alert>
        )}
      </div>
      {words.isPending && <Waiting />}
      {words.isError && <ProblemView error={words.error} onRetry={() => void words.refetch()} />}
      {words.data?.length === 0 && <Empty title={t('parked.none')} why={t('parked.why')} />}
      <Stack>
        {words.data?.map((word) => (
          <ParkedCard key={wordId(word)} word={word} onSet={setEffect} />
        ))}
      </Stack>
    </section>
  )
}

function ParkedCard({
  word,
  onSet,
}: {
  readonly word: ParkedWord
  readonly onSet: (effect: Effect) => void
}) {
  const { t } = useTranslation('words')
  const titles = useTitles()
  const queries = useQueryClient()
  const setting = useMutation({
    mutationFn: (meaning: string) => setWord(word, meaning),
    async onSuccess(replayed) {
      onSet({ word: word.value, replayed })
      await queries.invalidateQueries({ queryKey: ['words'] })
    },
  })
  const take = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const meaning = formText(new FormData(event.currentTarget), 'meaning').trim()
    if (meaning !== '') setting.mutate(meaning)
  }
  const { vocabulary, connectionId, value, messages, firstSeenAt, suggestions } = word
  return (
    <Card withBorder component="article" aria-label={value}>
      <Group justify="space-between" wrap="wrap">
        <Title order={3} size="h5">
          {value}
        </Title>
        <Text size="sm">
          {t('parked.waits', { count: messages })} · <SinceText at={firstSeenAt} />
        </Text>
      </Group>
      <Text size="sm" c="dimmed">
        {t('parked.from', {
          connection: connectionId,
          vocabulary: titles.vocabulary({ name: vocabulary, title: vocabulary }),
        })}
      </Text>
      {setting.isError && <ProblemView error={setting.error} />}
      <Group mt="sm">
        {suggestions.map((one) => (
          <Allowed key={one.value} right="vocabularies.manage">
            <Button
              size="xs"
              variant="default"
              loading={setting.isPending}
              onClick={() => setting.mutate(one.value)}
            >
              {t('parked.means', { meaning: titles.meaning(vocabulary, one) })}
            </Button>
          </Allowed>
        ))}
      </Group>
      <form onSubmit={take}>
        <Group mt="sm" align="flex-end">
          <TextInput name="meaning" size="xs" label={t('parked.other', { word: value })} />
          <Allowed right="vocabularies.manage">
            <Button type="submit" size="xs" variant="default" loading={setting.isPending}>
              {t('parked.say')}
            </Button>
          </Allowed>
        </Group>
      </form>
    </Card>
  )
}
