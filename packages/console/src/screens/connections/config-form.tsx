import {
  JsonInput,
  NativeSelect,
  NumberInput,
  PasswordInput,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Field, Values } from './config-values.ts'

/** A field for each setting of a connector. Secrets can be given, and are never shown. */
export function ConfigForm({
  fields,
  values,
  onChange,
  stored = [],
}: {
  readonly fields: readonly Field[]
  readonly values: Values
  readonly onChange: (values: Values) => void
  /** Names of what is stored: such a secret may be left empty. */
  readonly stored?: readonly string[]
}) {
  return (
    <Stack gap="sm">
      {fields.map((field) => (
        <ConfigField
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          isStored={stored.includes(field.name)}
          onChange={(value) => onChange({ ...values, [field.name]: value })}
        />
      ))}
    </Stack>
  )
}

interface FieldProps {
  readonly field: Field
  readonly value: string
  readonly isStored: boolean
  readonly onChange: (value: string) => void
}

function ConfigField({ field, value, isStored, onChange }: FieldProps) {
  const { t } = useTranslation('connections')
  const { name, kind, isSecret, isRequired, choices, hint } = field
  const keeps = isSecret && isStored
  const common = {
    label: name,
    required: isRequired && !keeps,
    ...(hint === undefined ? {} : { description: hint }),
    ...(keeps ? { placeholder: t('form.kept') } : {}),
  }
  const take = (event: { currentTarget: { value: string } }): void =>
    onChange(event.currentTarget.value)
  if (kind === 'choice') {
    const data = [{ value: '', label: t('form.unset') }, ...choices]
    return <NativeSelect {...common} data={data} value={value} onChange={take} />
  }
  if (kind === 'switch') {
    return (
      <Switch
        label={name}
        {...(hint === undefined ? {} : { description: hint })}
        checked={value === 'true'}
        onChange={(event) => onChange(String(event.currentTarget.checked))}
      />
    )
  }
  if (kind === 'number') {
    return <NumberInput {...common} value={value} onChange={(given) => onChange(String(given))} />
  }
  if (kind === 'lines') {
    const description = [hint, t('form.lines')].filter((text) => text !== undefined).join(' ')
    return (
      <Textarea
        {...common}
        description={description}
        autosize
        minRows={1}
        value={value}
        onChange={take}
        autoComplete="off"
      />
    )
  }
  if (kind === 'json') {
    return (
      <JsonInput
        {...common}
        value={value}
        onChange={onChange}
        autosize
        minRows={2}
        validationError={t('form.notJson')}
      />
    )
  }
  const Input = isSecret ? PasswordInput : TextInput
  const auto = isSecret ? { autoComplete: 'new-password' } : {}
  return <Input {...common} {...auto} value={value} onChange={take} />
}
