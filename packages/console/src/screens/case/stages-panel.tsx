import { Progress as Bar, Text } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconProgress,
} from '@tabler/icons-react'
import type { Line } from './case-api.ts'
import { Panel } from './panel.tsx'
import { type Progress, stagesOf } from './stages.ts'
import { useCaseTexts } from './texts.ts'

const icons = {
  none: IconCircle,
  not_needed: IconCircleDashed,
  underway: IconProgress,
  done: IconCircleCheck,
  trouble: IconAlertTriangle,
} as const satisfies Record<Progress, unknown>

/** The way of a return, stage by stage, over all its lines. */
export function StagesPanel({ lines }: { readonly lines: readonly Line[] }) {
  const { say, word } = useCaseTexts()
  return (
    <Panel title={say('stages')}>
      <ol className="case-stages">
        {stagesOf(lines).map(({ axis, progress, states, count }) => {
          const Icon = icons[progress]
          return (
            <li key={axis} data-progress={progress}>
              <Icon size={20} aria-hidden />
              <div>
                <Text size="sm" fw={600}>
                  {word('axis', axis)}
                </Text>
                <Text size="sm" c="dimmed">
                  {states.map((state) => word('state', state)).join(', ')}
                </Text>
                {count !== null && (
                  <>
                    <Text size="xs" className="figure">
                      {say('units', { value: count.value, of: count.of })}
                    </Text>
                    <Bar
                      size="sm"
                      value={count.of === 0 ? 100 : (count.value / count.of) * 100}
                      color={progress === 'trouble' ? 'red' : 'brand'}
                      aria-label={`${word('axis', axis)}: ${say('units', { value: count.value, of: count.of })}`}
                    />
                  </>
                )}
              </div>
            </li>
          )
        })}
      </ol>
    </Panel>
  )
}
