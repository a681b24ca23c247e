import type { LayoutTemplate } from './template.ts'

interface Words {
  readonly language: string
  readonly greeting: string
  readonly greetingNameless: string
  readonly goods: string
  readonly status: string
  readonly closing: string
  readonly reference: string
  readonly automatic: string
}

/** The plain layout of the languages that come with the connector. */
export function layoutWith(words: Words): LayoutTemplate {
  const greeting = `{% if customer.name %}${words.greeting}{% else %}${words.greetingNameless}{% endif %}`
  return {
    text: `${greeting}

{{ content }}
{% if lines.size > 0 %}
${words.goods}
{% for line in lines %}- {{ line.quantity | quantity }} × {{ line.name }}{% if line.code and line.code != line.name %} ({{ line.code }}){% endif %}
{% endfor %}{% endif %}{% if status_url %}
${words.status}
{{ status_url }}
{% endif %}
${words.closing}{% if company.name %}
{{ company.name }}{% endif %}

-- 
${words.reference}
${words.automatic}
`,
    html: `<!doctype html>
<html lang="${words.language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{ subject }}</title></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a;max-width:40em;margin:0 auto;padding:1em">
<p>${greeting}</p>
{{ content }}
{% if lines.size > 0 %}<p>${words.goods}</p>
<ul>
{% for line in lines %}<li>{{ line.quantity | quantity }} × {{ line.name }}{% if line.code and line.code != line.name %} ({{ line.code }}){% endif %}</li>
{% endfor %}</ul>
{% endif %}{% if status_url %}<p><a href="{{ status_url }}">${words.status}</a></p>
{% endif %}<p>${words.closing}{% if company.name %}<br>{{ company.name }}{% endif %}</p>
<p style="font-size:13px;color:#595959">${words.reference}<br>${words.automatic}</p>
</body>
</html>
`,
  }
}
