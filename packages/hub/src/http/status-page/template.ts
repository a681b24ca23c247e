/** What stands around every page. `content` is one of the pages below, rendered. */
export const layout = `<!doctype html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow, noarchive">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>{{ title }}{% if brand.name %} – {{ brand.name }}{% endif %}</title>
<style>{{ style | raw }}</style>
</head>
<body>
<header><div>
{% if brand.logo %}<img src="{{ brand.logo }}" alt="">{% endif %}
<p>{{ brand.name }}</p>
<nav aria-label="{{ words.chooseLanguage }}">{% for one in languages %}{% if one.tag == language %}<span lang="{{ one.tag }}" aria-current="true">{{ one.name }}</span>{% else %}<a href="?lang={{ one.tag }}" lang="{{ one.tag }}" hreflang="{{ one.tag }}">{{ one.name }}</a>{% endif %}{% endfor %}</nav>
</div></header>
<main>
{{ content | raw }}
</main>
{% if brand.hasContact %}<footer>
<h2>{{ words.contact }}</h2>
<ul>
{% if brand.email %}<li>{{ words.email }}: <a href="mailto:{{ brand.email }}">{{ brand.email }}</a></li>{% endif %}
{% if brand.phone %}<li>{{ words.phone }}: <a href="tel:{{ brand.dial }}">{{ brand.phone }}</a></li>{% endif %}
{% if brand.page %}<li><a href="{{ brand.page }}" rel="noreferrer">{{ words.page }}</a></li>{% endif %}
</ul>
</footer>{% endif %}
</body>
</html>
`

export const statusPage = `<h1>{{ model.title }}</h1>
{% if model.orders %}<p class="soft">{{ model.orders }}</p>{% endif %}
{% for banner in model.banners %}<p class="banner" role="status">{{ banner }}</p>
{% endfor %}
<section class="card">
<dl>
<dt>{{ words.where }}</dt><dd class="where">{{ model.where }}</dd>
<dt>{{ words.next }}</dt><dd>{{ model.next }}</dd>
{% if model.by %}<dt>{{ words.byWhen }}</dt><dd>{{ model.by }}</dd>{% endif %}
{% if model.isPaying %}<dt>{{ words.howMuch }}</dt><dd>{% if model.money.size > 0 %}<ul>{% for one in model.money %}<li><span class="amount">{{ one.amount }}</span> {{ one.way }} – {{ one.status }}</li>{% endfor %}</ul>{% else %}{{ words.noMoney }}{% endif %}</dd>{% endif %}
</dl>
</section>
{% if model.note %}<section class="card"><h2>{{ words.note }}</h2><p class="note">{{ model.note }}</p></section>{% endif %}
{% if model.label %}<section>
<h2>{{ words.label }}</h2>
<p>{% if model.label.url %}<a class="button" href="{{ model.label.url }}" rel="noreferrer">{{ words.labelPrint }}</a>{% endif %}{% if model.label.qrUrl %}<a class="button" href="{{ model.label.qrUrl }}" rel="noreferrer">{{ words.labelCode }}</a>{% endif %}</p>
{% if model.label.until %}<p class="soft">{{ model.label.until }}</p>{% endif %}
</section>{% endif %}
{% if model.parcels.size > 0 %}<section>
<h2>{{ words.parcels }}</h2>
<ul>
{% for parcel in model.parcels %}<li>{{ parcel.what }}: {% if parcel.carrier %}{{ parcel.carrier }}, {% endif %}{{ parcel.tracking }}{% if parcel.page %} – <a href="{{ parcel.page }}" rel="noreferrer" aria-label="{{ words.track }}: {{ parcel.tracking }}">{{ words.track }}</a>{% endif %}</li>
{% endfor %}</ul>
</section>{% endif %}
<section>
<h2>{{ words.goods }}</h2>
<ul>
{% for line in model.lines %}<li class="card">
<h3>{{ line.quantity }} × {{ line.name }}</h3>
{% if line.code %}<p class="soft">{{ line.code }}</p>{% endif %}
<dl>
<dt>{{ words.asked }}</dt><dd>{{ line.asked }}</dd>
<dt>{{ words.received }}</dt><dd>{{ line.received }}</dd>
<dt>{{ words.outcome }}</dt><dd>{{ line.outcome }}</dd>
</dl>
</li>
{% endfor %}</ul>
{% if model.more %}<p>{{ model.more }}</p>{% endif %}
</section>
<p class="soft">{{ model.asOf }}</p>`

export const questionPage = `<h1>{{ words.question.title }}</h1>
<p>{{ words.question.why }}</p>
{% if problem %}<p class="banner" role="alert" id="problem">{{ problem }}</p>{% endif %}
<form method="post" action="?lang={{ language }}" autocomplete="off">
<label for="answer">{{ words.question.field }}</label>
<input id="answer" name="answer" required maxlength="100" autocomplete="off" spellcheck="false"{% if problem %} aria-invalid="true" aria-describedby="problem"{% endif %}>
<p><button type="submit">{{ words.question.send }}</button></p>
</form>`

export const messagePage = `<h1>{{ said.title }}</h1>
<p>{{ said.text }}</p>`
