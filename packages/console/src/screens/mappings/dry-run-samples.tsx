import { Anchor, Badge, Code, Group, List, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { TimeText } from '../../views/time-text.tsx'
import type { DryRunSample } from './mappings-api.ts'

/** Messages that this version reads otherwise than what is in force, with each field that differs. */
export function DryRunSamples({ samples }: { readonly samples: readonly DryRunSample[] }) {
  const { t } = useTranslation('mappings')
  return (
    <Stack gap="sm" component="ul" p={0} m={0}>
      {samples.map((sample) => (
        <li key={sample.messageId} className="case-entry">
          <Stack gap={4} className="grows">
            <Group gap="xs">
              <Badge variant="default" tt="none">
                {t(`verdict.${sample.verdict}` as 'verdict.changed')}
              </Badge>
              <Anchor component={Link} to={`/messages/${sample.messageId}`} size="sm">
                <TimeText at={sample.receivedAt} as="short" />
              </Anchor>
              {sample.caseId !== null && (
                <Anchor component={Link} to={`/cases/${sample.caseId}`} size="sm">
                  {t('dryRun.return')}
                </Anchor>
              )}
              {sample.code !== null && <Code>{sample.code}</Code>}
            </Group>
            <Changes sample={sample} />
          </Stack>
        </li>
      ))}
    </Stack>
  )
}

function Changes({ sample }: { readonly sample: DryRunSample }) {
  const { t } = useTranslation('mappings')
  return (
    <List size="sm" className="break">
      {sample.problems.map(({ pointer, message }) => (
        <List.Item key={`${pointer} ${message}`}>
          {pointer} {message}
        </List.Item>
      ))}
      {sample.unmapped.map(({ vocabulary, value }) => (
        <List.Item key={`${vocabulary} ${value}`}>
          {t('result.unmapped', { word: value, vocabulary })}
        </List.Item>
      ))}
      {sample.changes.map(({ kind, type, fields }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: changes of one answer, which never move
        <List.Item key={`${index} ${type}`}>
          <Text size="sm">
            {type}: {t(`dryRun.event.${kind}`)}
          </Text>
          {fields.map(({ pointer, before, after }) => (
            <Text size="sm" key={pointer}>
              <Code>{pointer}</Code> {textOf(before)} → {textOf(after)}
            </Text>
          ))}
        </List.Item>
      ))}
    </List>
  )
}

function textOf(value: unknown): string {
  return value === undefined ? '–' : JSON.stringify(value)
}
