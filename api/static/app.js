// Ibid's page: asks, draws cited passages, opens their articles.
// Whatever comes from articles or from the server enters the page as text, never as markup.

const say = JSON.parse(document.body.dataset.messages);
const language = document.documentElement.lang;
const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language; // "en-GB" writes days first
const NARROW = matchMedia("(max-width: 63.99rem)"); // below it a source fills the screen; style.css says the same
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const COARSE = matchMedia("(pointer: coarse)");
const HISTORY_LENGTH = 50; // questions kept: what a reader can still look through
const DAY_MS = 24 * 60 * 60 * 1000;
const TOLD_MS = 2000; // how long a button says what it has done: long enough to be read
const USUAL = { k: "5", include_boilerplate: "false", use_dates: "true" }; // left out of addresses; api/page.py does the same
const [EARLIEST, LATEST] = ["1900-01-01", "2099-12-31"]; // rag/dates.py ends there what the question leaves open
const RETRIED = [0, 429, 500, 503]; // statuses after which the same question may fare better; 0 is no reply

// ---- elements ------------------------------------------------------------------------------------

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const stamp = (name) => find(`#${name}-template`).content.firstElementChild.cloneNode(true);

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...shown(text ?? ""));
  return element;
}

/** Write a text into a part of `root`; without a text the part goes, as it does in the template. */
function fill(root, selector, text) {
  const part = find(selector, root);
  if (text === null || text === undefined || text === "") part.remove();
  else part.replaceChildren(...shown(String(text)));
  return part;
}

// Those of terminals, and those that turn the direction of writing; api/template.py knows the same ones.
const CONTROLS = /([\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069])/;

/** Cut a text into what is appended for it: each control stands alone, seen and without effect on its neighbours. */
function shown(text) {
  return text.split(CONTROLS).map((part, i) => (i % 2 ? control(part) : part)).filter(Boolean);
}

function control(character) {
  const element = document.createElement("bdi");
  element.className = "control";
  element.dataset.code = `U+${character.charCodeAt().toString(16).toUpperCase().padStart(4, "0")}`;
  element.append(character);
  return element;
}

// ---- words, dates, languages -----------------------------------------------------------------------

const plural = new Intl.PluralRules(language);
const days = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
const months = new Intl.DateTimeFormat(locale, { month: "long", year: "numeric", timeZone: "UTC" });
const names = new Intl.DisplayNames(language, { type: "language", fallback: "none" });

function worded(message, values) {
  return message.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Put elements into a message where it names them. */
function composed(message, elements) {
  return message.split(/\{(\w+)\}/).flatMap((part, i) => (i % 2 ? elements[part] : [part]));
}

function counted(message, n) {
  return worded(message[plural.select(n)] ?? message.other, { n: n.toLocaleString(language) });
}

function strength(confidence) {
  const percent = Math.floor(confidence * 100 + 0.5);
  const [, words] = say.confidence.find(([floor]) => percent >= floor);
  return worded(say.strength, { words, percent });
}

/** Write a day as the reader does, or a whole month, or a whole year. */
function day(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime()) || /^\d{4}$/.test(iso)) return iso;
  if (/^\d{4}-\d\d$/.test(iso)) return months.format(date);
  return language === "fr" ? days.format(date).replace(/^1 /, "1er ") : days.format(date); // Unicode CLDR writes "1 mai"
}

function nameOf(code) {
  try {
    return names.of(code) ?? code;
  } catch {
    return code; // not the form of a language tag
  }
}

function timeOf(iso) {
  const time = make("time", "", day(iso));
  time.setAttribute("datetime", iso);
  return time;
}

function languageOf(code) {
  const part = make("span", "", nameOf(code));
  part.dataset.language = code;
  return part;
}

/** Write dates and names of languages as the reader's own language does. */
function localise(root) {
  for (const time of all("time", root)) time.textContent = day(time.getAttribute("datetime"));
  for (const part of all("[data-language]", root)) part.textContent = nameOf(part.dataset.language);
}

// ---- what this browser keeps -----------------------------------------------------------------------

function recall(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`ibid.${key}`)) ?? otherwise;
  } catch {
    return otherwise; // storage is switched off, or holds something else
  }
}

function keep(key, value) {
  try {
    localStorage.setItem(`ibid.${key}`, JSON.stringify(value));
  } catch {
    // Storage is switched off or full: the page works without it.
  }
}

function remember(address) {
  const others = recall("history", []).filter((earlier) => earlier !== address);
  keep("history", [address, ...others].slice(0, HISTORY_LENGTH));
  drawHistory();
}

function forget() {
  keep("history", []);
  drawHistory();
}

function drawHistory() {
  const items = recall("history", []).map(historyItem);
  find("#history").replaceChildren(...(items.length ? items : [make("li", "note", say.history_empty)]));
  find("#forget").hidden = items.length === 0;
}

function historyItem(address) {
  const given = new URLSearchParams(address);
  const link = make("a", "earlier", given.get("q"));
  link.href = `/${address}`;
  link.dir = "auto";
  const item = make("li");
  item.append(link);
  if (given.size > 1) item.append(" ", make("span", "note", counted(say.filters_active, given.size - 1)));
  return item;
}

// ---- the server ------------------------------------------------------------------------------------

class Failure extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.title ?? "");
    Object.assign(this, { status, problem, retryAfter });
  }
}

/** Fetch a reply. Throws Failure for a problem reply and for a server that cannot be reached (status 0). */
async function fetchReply(address, options) {
  const reply = await fetch(address, options).catch(() => {
    throw new Failure(0, {});
  });
  if (reply.ok) return reply;
  const problem = await reply.json().catch(() => ({})); // not from our server
  throw new Failure(reply.status, problem, Number(reply.headers.get("Retry-After")));
}

async function fetchJson(address, options) {
  const reply = await fetchReply(address, options);
  return reply.json().catch(() => {
    throw new Failure(0, {}); // cut off on the way
  });
}

function posted(body) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

// ---- questions and their addresses ------------------------------------------------------------------

/** The canonical address of a question: empty fields and usual values are left out. */
function addressOf(given) {
  const entries = [...given].filter(([name, value]) => value.trim() && value !== USUAL[name]);
  return `?${new URLSearchParams(entries)}`;
}

function requestOf(address) {
  const given = new URLSearchParams(address);
  const filters = {};
  for (const name of ["published_from", "published_to"]) if (given.get(name)) filters[name] = given.get(name);
  for (const name of ["outlet", "language"]) if (given.has(name)) filters[name] = given.getAll(name);
  const include_boilerplate = given.get("include_boilerplate") === "true";
  const use_dates = given.get("use_dates") !== "false";
  return { question: given.get("q"), k: Number(given.get("k") ?? 5), filters, include_boilerplate, use_dates };
}

function scopeItem([name, value]) {
  const item = make("li", "", `${say[name] ?? name} `);
  if (name.startsWith("published")) item.append(timeOf(value));
  else if (name === "language") item.append(languageOf(value));
  else if (!["include_boilerplate", "use_dates"].includes(name)) item.append(make("bdi", "", value));
  return item;
}

/** Say which articles the question's dates favour, with a link that asks without them, and of which dates there are none. */
function dateItems(dates, address) {
  const [favoured, absent] = [dates.filter((date) => date.articles), dates.filter((date) => !date.articles)];
  const items = [];
  if (favoured.length) items.push(datesItem("dated", say.dates_favoured, favoured));
  if (absent.length) items.push(datesItem("absent", say.dates_absent, absent));
  if (favoured.length) items[0].append(" ", undatedLink(address));
  return items;
}

function datesItem(className, message, dates) {
  const item = make("li", className);
  const told = make("span");
  told.append(...composed(message, { dates: dates.flatMap((date, i) => [i ? ", " : "", ...period(date)]) }));
  item.append(told);
  return item;
}

function undatedLink(address) {
  const link = make("a", "undated", "×");
  link.href = `/${address}&use_dates=false`;
  link.setAttribute("aria-label", say.use_dates);
  return link;
}

/** Write the days of a date by the rules of api/period.py. */
function period({ first, last }) {
  const next = new Date(Date.parse(last) + DAY_MS).toISOString();
  const years = first.endsWith("-01-01") && last.endsWith("-12-31");
  const months = first.endsWith("-01") && next.slice(8, 10) === "01";
  const [earliest, latest] = [first, last].map((end) => end.slice(0, years ? 4 : months ? 7 : 10));
  if (last === LATEST) return composed(say.date_since, { date: [timeOf(earliest)] });
  if (first === EARLIEST) return composed(say.date_until, { date: [timeOf(latest)] });
  return earliest === latest ? [timeOf(earliest)] : [timeOf(earliest), " – ", timeOf(latest)];
}

// ---- turns: a question and its reply ------------------------------------------------------------------

function begin(address) {
  const turn = stamp("turn");
  const given = new URLSearchParams(address);
  turn.dataset.address = address;
  fill(turn, ".question", given.get("q")).href = `/${address}`;
  given.delete("q");
  find(".scope", turn).append(...[...given].map(scopeItem));
  find(".reply", turn).remove();
  return turn;
}

/** Ask what an address asks, in a turn of its own or in one that failed before. */
async function ask(address, turn = begin(address)) {
  showWaiting(turn);
  try {
    const { reply, events } = await (TELLS ? streamedReply(turn) : plainReply(address));
    drawReply(turn, reply);
    remember(address);
    if (events) drawProse(turn, events);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    turn.append(problemNotice(failure));
    if (!RETRIED.includes(failure.status)) find("#question").value ||= find(".question", turn).textContent;
  } finally {
    turn.classList.remove("waiting");
  }
}

async function plainReply(address) {
  return { reply: await fetchJson("/v1/ask", posted(requestOf(address))) };
}

function showWaiting(turn) {
  document.body.classList.remove("fresh");
  if (!TELLS) find("#question").placeholder = say.placeholder_next; // only a language model is told of the questions before
  find(".problem", turn)?.remove();
  turn.classList.add("waiting");
  if (!turn.isConnected) find("#conversation").append(turn);
  show(turn, STILL.matches ? "auto" : "smooth");
}

function show(turn, behavior) {
  document.title = `${find(".question", turn).textContent} – Ibid`;
  turn.scrollIntoView({ behavior, block: "start" });
}

function drawReply(turn, reply) {
  const drawn = find(".reply", stamp("turn"));
  turn.classList.toggle("unanswered", !reply.answerable);
  find(".question", turn).lang = reply.question_language;
  find(".scope", turn).append(...dateItems(reply.dates, turn.dataset.address));
  find(".warnings", drawn).append(...reply.warnings.map((warning, i) => warningItem(warning, reply.notices?.[i])));
  find(".passages", drawn).append(...reply.passages.map(drawPassage));
  drawOutcome(drawn, reply, turn.dataset.address);
  turn.append(drawn);
  announce(reply);
}

/** Say a warning in the page's words; one that it has none for in the server's. */
function warningItem(warning, notice) {
  const message = say.notices[notice?.code];
  if (message === undefined) return Object.assign(make("li", "", warning), { lang: "en" });
  const { values } = notice;
  const told = (name) => [values[name]].flat().map(name.includes("language") ? nameOf : String).concat(values[`more_${name}`] ? "…" : []);
  const named = Object.fromEntries(Object.keys(values).map((name) => [name, told(name).join(", ")]));
  const words = typeof message === "string" ? worded(message, named) : counted(message, values.n);
  return make("li", "", words);
}

/** Say whether the question is answered, how well, and what to do where it is not. */
function drawOutcome(root, reply, address) {
  const { answerable, passages } = reply;
  fill(root, ".outcome-title", answerable ? say.answered : say.no_answer);
  fill(root, ".reason", answerable ? "" : say.reasons[reply.reason] ?? reply.reason);
  fill(root, ".advice", answerable ? "" : passages.length ? say.no_answer_nearest : say.no_answer_empty);
  fill(root, ".count", counted(answerable ? say.passages : say.nearest, passages.length));
  fill(root, ".strength", answerable ? strength(reply.confidence) : ""); // of a refusal it would be read as that of an answer
  if (!passages.length) find(".outcome-detail", root).remove();
  const given = new URLSearchParams(address);
  if (answerable || given.size === 1) find(".widen", root).remove();
  else find(".widen", root).href = `/?${new URLSearchParams({ q: given.get("q") })}`;
}

function announce(reply) {
  const passages = counted(reply.answerable ? say.passages : say.nearest, reply.passages.length);
  const first = reply.passages[0]?.citation;
  const words = { passages, confidence: strength(reply.confidence), title: first?.title ?? first?.source };
  find("#announcement").textContent = worded(reply.answerable ? say.found : say.found_none, words);
}

// ---- prose: what a language model makes of the passages, each sentence checked by the server -------------

const TELLS = "prose" in document.body.dataset; // a model is configured
const MOST_EARLIER = 10; // questions sent along; api/requests.py allows as many
const PARTS = { rewritten: drawRewritten, sentence: drawSentence, end: drawEnding };

/** Ask for passages and prose: the reply, which comes first, and the events that follow it. */
async function streamedReply(turn) {
  const body = { ...requestOf(turn.dataset.address), earlier: earlierThan(turn) };
  const events = eventsOf(await fetchReply("/v1/ask/stream", posted(body)));
  const { value } = await events.next();
  if (value?.name !== "passages") throw new Failure(0, {}); // cut off on the way
  return { reply: value.data, events };
}

function earlierThan(turn) {
  const turns = all(".turn");
  const answered = turns.slice(0, turns.indexOf(turn)).filter((earlier) => find(".reply", earlier));
  return answered.map((earlier) => find(".question", earlier).textContent).slice(-MOST_EARLIER);
}

/** Yield server-sent events as they come. Throws Failure where the connection breaks. */
async function* eventsOf(reply) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  const read = () => reader.read().catch(() => { throw new Failure(0, {}); });
  let rest = "";
  for (let part = await read(); !part.done; part = await read()) {
    const blocks = (rest + part.value).split("\n\n");
    rest = blocks.pop();
    yield* blocks.filter((block) => block.startsWith("event: ")).map(eventOf); // others keep the connection alive
  }
}

function eventOf(block) {
  const [name, data] = block.split("\n").map((line) => line.slice(line.indexOf(": ") + 2));
  return { name, data: JSON.parse(data) };
}

/** Draw each part as it comes. Where there is no answer, there is no prose either. */
async function drawProse(turn, events) {
  if (!turn.matches(".unanswered")) find(".outcome", turn).after(emptyProse(find(".question", turn).lang));
  try {
    for await (const { name, data } of events) PARTS[name]?.(turn, data);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
  }
  if (find(".writing", turn)) drawEnding(turn, { dropped: {}, reason: say.prose_cut });
}

function emptyProse(lang) {
  const prose = make("div", "prose");
  const told = make("p", "told");
  Object.assign(told, { lang, dir: "auto" });
  prose.append(told, make("p", "writing", say.prose_writing));
  return prose;
}

/** The events about a page that came with its passages. */
async function* eventsAbout(turn) {
  const { events } = await streamedReply(turn);
  yield* events;
}

function drawRewritten(turn, { question, reason }) {
  const line = make("p", "understood");
  if (reason) line.append(worded(say.not_rewritten, { reason: reasonWords(reason) }));
  else line.append(...composed(say.understood, { question: [make("bdi", "", question)] }));
  find("header", turn).append(line);
}

function drawSentence(turn, { text, citations }) {
  const cited = citations.map((id) => all(".passage", turn).find((passage) => citationOf(passage) === id));
  if (!cited.every(Boolean)) return; // the articles have changed since the passages were drawn
  find(".told", turn).append(make("span", "sentence", text), " ", ...cited.map(citationLink), " ");
}

function citationLink(passage) {
  const link = make("a", "cite", `[${find(".number", passage).textContent}]`);
  link.href = find(".open", passage).getAttribute("href");
  link.dataset.citation = citationOf(passage);
  return link;
}

function openCited(link) {
  const passages = all(".passage", link.closest(".turn"));
  openSource(passages.find((passage) => citationOf(passage) === link.dataset.citation));
}

/** Say how the prose ended; only now is it read aloud, as a whole. */
function drawEnding(turn, ending) {
  const prose = find(".prose", turn);
  if (!prose) return;
  const told = find(".told", prose).textContent.trim();
  const note = endingWords(ending, told !== "");
  find(".writing", prose).replaceWith(make("p", "prose-note", note));
  if (!told) find(".told", prose).remove();
  find("#announcement").textContent = `${told} ${note}`;
}

function endingWords({ dropped, reason }, told) {
  const left = Object.values(dropped).reduce((sum, n) => sum + n, 0);
  const words = told ? [say.prose_made] : [];
  if (left) words.push(counted(say.prose_dropped, left));
  if (reason) words.push(worded(told ? say.prose_unfinished : say.prose_none, { reason: reasonWords(reason) }));
  return words.join(" ") || say.prose_empty;
}

/** Put the server's reason, which may hold figures, into the reader's language. */
function reasonWords(reason) {
  return Object.entries(say.prose_reasons).find(([part]) => reason.includes(part))?.[1] ?? reason;
}

// ---- passages ----------------------------------------------------------------------------------------

function drawPassage(hit) {
  const { citation } = hit;
  const item = stamp("passage");
  const answers = hit.highlights.map(({ start, end }) => `${start}-${end}`).join(" ");
  Object.assign(item.dataset, { document: citation.document_id, start: citation.start, answers });
  fill(item, ".number", hit.rank);
  find(".open", item).href = `${citation.permalink}?${new URLSearchParams({ answers })}#cited`;
  fill(item, ".title", citation.title ?? citation.source).lang = citation.language ?? "";
  drawOrigin(item, citation);
  drawQuote(find(".quote", item), hit);
  drawCopies(find(".copies", item), hit.also_in);
  const terms = hit.explanation.lexical.terms ?? [];
  if (terms.length) fill(item, ".terms", terms.join(", "));
  else find(".matched", item).remove();
  find(".permalink", item).href = citation.permalink;
  for (const link of all("[data-format]", item)) link.href = `/v1/citations/${citation.id}/export?format=${link.dataset.format}`;
  return item;
}

function drawOrigin(root, source) {
  fill(root, ".outlet", source.outlet).lang = source.language ?? "";
  const time = fill(root, "time", source.published_on && day(source.published_on));
  time.setAttribute("datetime", source.published_on);
  fill(root, ".language", source.language && nameOf(source.language)).dataset.language = source.language;
  const original = find(".original", root);
  if (/^https?:\/\//i.test(source.url ?? "")) original.href = source.fragment_url ?? source.url;
  else original.remove();
}

/** Name the other articles that say the same, each a link to it. */
function drawCopies(line, copies) {
  if (!copies.length) return line.remove();
  for (const [i, { document_id, source, outlet, title, published_on }] of copies.entries()) {
    const link = make("a");
    link.href = `/documents/${encodeURIComponent(document_id)}`;
    link.append(make("bdi", "", outlet || title || source));
    if (published_on) link.append(", ", timeOf(published_on));
    line.append(i ? "; " : "", link);
  }
}

function drawQuote(quote, { text, highlights, citation }) {
  const points = Array.from(text);
  const marks = highlights.map(({ start, end }) => ({ start, end, kind: "answer" }));
  quote.lang = citation.language ?? "";
  quote.append(...pieces(points, 0, points.length, marks));
}

function citationText(passage) {
  const source = [".title", ".outlet", ".origin time"].map((part) => find(part, passage)?.textContent).filter(Boolean);
  const address = new URL(find(".permalink", passage).getAttribute("href"), location.origin).href;
  return worded(say.citation_text, { quote: find(".quote", passage).textContent.trim(), source: source.join(", "), address });
}

// ---- articles, laid out by the rules of api/article.py --------------------------------------------------

const BLANKS = /^[ \t\u00a0\r\n\u2028\u2029]*$/;
const PARAGRAPH = /[ \t\u00a0\r\n\u2028\u2029]*[^\r\n\u2028\u2029]*[ \t\u00a0\r\n\u2028\u2029]*/g;

/** Draw points[start:end], cut wherever a mark begins or ends. Offsets count code points, so `points` is an array. */
function pieces(points, start, end, marks) {
  const edges = marks.flatMap((mark) => [mark.start, mark.end]).filter((edge) => start < edge && edge < end);
  const cuts = [...new Set([start, ...edges, end])].sort((a, b) => a - b);
  return cuts.slice(0, -1).flatMap((from, i) => piece(points, from, cuts[i + 1], marks));
}

function piece(points, from, to, marks) {
  const text = points.slice(from, to).join("");
  const kinds = marks.filter((mark) => mark.start <= from && to <= mark.end).map((mark) => mark.kind);
  return kinds.length ? [make("mark", [...new Set(kinds)].join(" "), text)] : shown(text);
}

/** Group the set-aside lines between which nothing but blanks stands. */
function neighbours(points, setAside) {
  const groups = [];
  for (const aside of setAside) {
    const last = groups.at(-1);
    if (last && BLANKS.test(points.slice(last.at(-1).end, aside.start).join(""))) last.push(aside);
    else groups.push([aside]);
  }
  return groups;
}

function paragraph(points, start, end, marks) {
  const element = make("p");
  element.dir = "auto";
  element.append(...pieces(points, start, end, marks));
  return element;
}

function paragraphs(points, start, end, marks) {
  let position = start;
  const lines = points.slice(start, end).join("").match(PARAGRAPH) ?? [];
  return lines.filter(Boolean).map((line) => {
    const from = position;
    position += Array.from(line).length;
    return paragraph(points, from, position, marks);
  });
}

function folded(points, group, marks) {
  const edges = [...group.map((aside) => aside.start), group.at(-1).end];
  const reasons = new Set(group.map((aside) => say.set_aside_reasons[aside.reason] ?? aside.reason));
  const summary = make("summary", "", `${counted(say.set_aside, group.length)} `);
  summary.lang = language;
  summary.append(make("span", "why", [...reasons].join(", ")));
  const details = make("details", "set-aside");
  details.append(summary, ...group.map((_, i) => paragraph(points, edges[i], edges[i + 1], marks)));
  details.open = Boolean(find("mark", details));
  return details;
}

function articleText(article, marks) {
  const points = Array.from(article.text);
  const text = make("div", "text");
  text.lang = article.language ?? "";
  let position = 0;
  for (const group of neighbours(points, article.set_aside)) {
    text.append(...paragraphs(points, position, group[0].start, marks), folded(points, group, marks));
    position = group.at(-1).end;
  }
  text.append(...paragraphs(points, position, points.length, marks));
  return text;
}

// ---- the source panel ----------------------------------------------------------------------------------

const panel = find("#source");
let opened = null; // the passage whose article is open

async function openSource(passage) {
  opened?.classList.remove("shown");
  opened = passage;
  opened.classList.add("shown");
  drawPanelHead(passage);
  find(".text", panel).replaceChildren(make("p", "opening", say.opening));
  showPanel();
  if (!NARROW.matches) passage.scrollIntoView({ block: "nearest" });
  try {
    await drawArticle(passage);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    if (opened === passage) find(".text", panel).replaceChildren(problemNotice(failure));
  }
}

function drawPanelHead(passage) {
  const siblings = all(".passage", passage.closest(".passages"));
  const place = siblings.indexOf(passage);
  find(".number", panel).textContent = find(".number", passage).textContent;
  find(".position", panel).textContent = worded(say.position, { n: place + 1, total: siblings.length });
  find(".previous", panel).disabled = place === 0;
  find(".next", panel).disabled = place === siblings.length - 1;
  find("#source-title").replaceChildren(find(".title", passage).cloneNode(true));
  find(".source-origin").replaceChildren(find(".origin", passage).cloneNode(true));
  find(".source-actions").replaceChildren(find(".actions", passage).cloneNode(true));
}

async function drawArticle(passage) {
  const article = await fetchJson(`/v1/documents/${encodeURIComponent(passage.dataset.document)}`);
  const place = await placeOf(passage, Array.from(article.text));
  if (opened !== passage) return; // the reader went on meanwhile
  const text = find(".text", panel);
  if (place) text.replaceWith(articleText(article, marksOf(place, passage.dataset.answers)));
  else text.replaceChildren(make("p", "state changed", say.state_changed));
  const mark = find("mark.answer", panel) ?? find("mark.cited", panel);
  if (mark) centre(mark);
}

/** Where the cited words stand in the article as it is now, which may be newer than the answer; null where nowhere. */
async function placeOf(passage, points) {
  const quote = find(".quote", passage).textContent;
  const length = Array.from(quote).length;
  const stands = (start) => start !== null && points.slice(start, start + length).join("") === quote;
  const start = Number(passage.dataset.start);
  if (stands(start)) return { start, end: start + length };
  const moved = (await fetchJson(`/v1/citations/${citationOf(passage)}`)).start;
  return stands(moved) ? { start: moved, end: moved + length } : null;
}

function citationOf(passage) {
  return find(".permalink", passage).getAttribute("href").split("/").at(-1);
}

function marksOf({ start, end }, answers) {
  const sentences = answers.split(" ").filter(Boolean).map((range) => range.split("-").map(Number));
  const inArticle = sentences.map(([from, to]) => ({ start: start + from, end: start + to, kind: "answer" }));
  return [{ start, end, kind: "cited" }, ...inArticle];
}

/** Scroll the panel and nothing else; scrollIntoView would move the questions too. */
function centre(mark) {
  const scroller = find(".scroller", panel);
  const [words, room] = [mark, scroller].map((part) => part.getBoundingClientRect());
  scroller.scrollTop += words.top - room.top - Math.max(0, (room.height - words.height) / 2);
}

function showPanel() {
  if (panel.open) return;
  document.body.classList.add("reading");
  if (NARROW.matches) panel.showModal();
  else panel.show();
  find("#source-title").focus({ preventScroll: true });
}

function step(by) {
  const siblings = all(".passage", opened.closest(".passages"));
  const next = siblings[siblings.indexOf(opened) + by];
  if (next) openSource(next);
}

function afterClose() {
  if (panel.open) return; // closed only to be opened in its other form
  document.body.classList.remove("reading");
  opened.classList.remove("shown");
  const opener = find(".open", opened);
  opened = null;
  opener.focus();
}

/** A panel beside the questions becomes a full-screen dialog, and back, when the window changes. */
function refitPanel() {
  if (!panel.open) return;
  panel.close();
  showPanel();
}

// ---- problems ------------------------------------------------------------------------------------------

function problemNotice({ status, problem, retryAfter }) {
  const notice = stamp("problem");
  fill(notice, ".problem-title", status === 0 ? say.offline : say.problem);
  fill(notice, ".problem-advice", advice(status, retryAfter));
  const words = explained(problem);
  const detail = fill(notice, ".problem-detail", words ?? [problem.title, problem.detail].filter(Boolean).join(". "));
  if (words === undefined) detail.lang = "en";
  if (problem.request_id) fill(notice, "code", problem.request_id);
  else find(".problem-request", notice).remove();
  if (!RETRIED.includes(status)) find(".retry", notice).remove();
  return notice;
}

/** Say what is wrong in the page's words, if it has any; api/interface.py does the same. */
function explained({ type, errors }) {
  const told = say.problems[type?.split("#")[1]];
  if (told !== undefined) return told;
  const faults = (errors ?? []).map(({ pointer }) => say.faults[pointer.replace(/\/[0-9]+$/, "")]);
  return faults.length && faults.every(Boolean) ? [...new Set(faults)].join(" ") : undefined;
}

function advice(status, retryAfter) {
  if (status === 0) return say.offline_detail;
  if (status === 429 || status === 503) {
    return retryAfter ? `${say.problem_busy} ${counted(say.problem_wait, retryAfter)}` : say.problem_busy;
  }
  if (status === 404) return say.problem_not_found;
  return [400, 413, 422].includes(status) ? say.problem_question : say.problem_server;
}

// ---- the conversation as a file ------------------------------------------------------------------------

function citedOnes() {
  return [...new Set(all(".turn:not(.unanswered) .passage").map(citationOf))];
}

async function exportAll(button) {
  try {
    const wanted = { format: button.dataset.format, citations: citedOnes() };
    const reply = await fetchReply("/v1/export", posted(wanted));
    const [, name] = reply.headers.get("Content-Disposition").match(/filename="([^"]+)"/);
    save(await reply.blob(), name);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    tell(button, say.export_failed);
  }
}

function save(blob, name) {
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), TOLD_MS);
}

// ---- copying -------------------------------------------------------------------------------------------

async function copy(text, button, done) {
  tell(button, (await write(text)) ? done : say.copy_failed);
}

/** Let a button say for a while what it has done. */
function tell(button, words) {
  button.dataset.label ??= button.textContent;
  button.textContent = words;
  find("#announcement").textContent = words;
  setTimeout(() => { button.textContent = button.dataset.label; }, TOLD_MS);
}

/** Browsers give the clipboard to https and localhost only; elsewhere the old command still copies a selection. */
async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const area = make("textarea");
  area.value = text;
  (panel.open ? panel : document.body).append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}

// ---- keyboard ------------------------------------------------------------------------------------------

const KEYS = { "/": focusQuestion, j: () => move(1), k: () => move(-1), "?": () => find("#menu").togglePopover() };

function onKey(event) {
  if (event.key === "Escape" && !find(":popover-open")) return panel.open ? panel.close() : find("#question").blur();
  if (event.ctrlKey || event.metaKey || event.altKey || !find("#shortcuts").checked) return;
  if (event.target.closest("input, textarea, select")) return;
  if (/^[1-9]$/.test(event.key)) openNumber(Number(event.key));
  else if (Object.hasOwn(KEYS, event.key)) KEYS[event.key]();
  else return;
  event.preventDefault();
}

function focusQuestion() {
  if (panel.matches(":modal")) panel.close();
  find("#question").focus();
}

function move(by) {
  if (opened) return step(by);
  const links = all(".open");
  const here = links.indexOf(document.activeElement);
  const first = Math.max(0, links.indexOf(find(".open", currentTurn() ?? document)));
  links[here < 0 ? first : Math.min(links.length - 1, Math.max(0, here + by))]?.focus();
}

function openNumber(n) {
  const passage = all(".passage", currentTurn() ?? document)[n - 1];
  if (passage) openSource(passage);
}

function currentTurn() {
  return (opened ?? document.activeElement)?.closest(".turn") ?? all(".turn").at(-1);
}

/** Enter asks; with Shift it begins a line; while an input method composes, it chooses what is composed. */
function onEnter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  find("#composer").requestSubmit();
}

// ---- clicks and addresses --------------------------------------------------------------------------------

const CLICKS = [
  [".open", (_, passage) => openSource(passage)],
  [".cite", openCited],
  [".copy", (button, passage) => copy(citationText(passage), button, say.citation_copied)],
  [".share", (button) => copy(find(".question", button.closest(".turn")).href, button, say.link_copied)],
  [".turn .retry", (button) => ask(button.closest(".turn").dataset.address, button.closest(".turn"))],
  ["#source .retry", () => openSource(opened)],
  [".retry", () => location.reload()],
  ["#export button", (button) => exportAll(button)],
  [".example, .earlier, .question, .widen, .undated", (link) => go(addressOf(new URL(link.href).searchParams))],
];

function onClick(event) {
  const target = event.target.closest("a, button");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (target.matches(".switch")) target.search = new URLSearchParams({ back: location.pathname + location.search });
  const act = CLICKS.find(([selector]) => target.matches(selector))?.[1];
  if (!act) return;
  event.preventDefault();
  act(target, target.closest(".passage") ?? opened);
  if (target.matches("a")) find("#menu").hidePopover();
}

function go(address) {
  history.pushState(null, "", `/${address}`);
  ask(address);
}

/** Going back shows the turn that asked, or asks again when the page no longer holds it. */
function revisit() {
  if (location.hash) return; // a link within the page
  const address = addressOf(new URLSearchParams(location.search));
  const turn = all(".turn").find((earlier) => earlier.dataset.address === address);
  if (turn) requestAnimationFrame(() => show(turn, "instant")); // after the browser has put back where it was
  else if (new URLSearchParams(address).get("q")) ask(address);
}

// ---- the question box --------------------------------------------------------------------------------------

function submit(event) {
  event.preventDefault();
  const address = addressOf(new FormData(event.target));
  if (!new URLSearchParams(address).get("q")) return;
  find("#question").value = "";
  find(".filters").open = false; // they would cover the passages
  if (COARSE.matches) find("#question").blur(); // so would the keyboard on the screen
  go(address);
}

function countFilters() {
  const given = new URLSearchParams(addressOf(new FormData(find("#composer"))));
  given.delete("q");
  find(".filters-label").textContent = given.size ? counted(say.filters_active, given.size) : say.filters;
}

function clearFilters() {
  for (const field of all(".fields input")) {
    if (field.type === "checkbox") field.checked = false;
    else field.value = "";
  }
  find(".fields select").value = "5";
  countFilters();
}

// ---- beginning -----------------------------------------------------------------------------------------------

function startMenu() {
  drawHistory();
  find("#forget").addEventListener("click", forget);
  const shortcuts = find("#shortcuts");
  shortcuts.checked = recall("shortcuts", true);
  shortcuts.addEventListener("change", () => keep("shortcuts", shortcuts.checked));
}

function startChat() {
  find("#menu").addEventListener("beforetoggle", () => { find("#export").hidden = citedOnes().length === 0; });
  const form = find("#composer");
  form.addEventListener("submit", submit);
  form.addEventListener("change", countFilters);
  find(".clear", form).addEventListener("click", clearFilters);
  find("#question").addEventListener("keydown", onEnter);
  panel.addEventListener("close", afterClose);
  find(".close", panel).addEventListener("click", () => panel.close());
  find(".previous", panel).addEventListener("click", () => step(-1));
  find(".next", panel).addEventListener("click", () => step(1));
  NARROW.addEventListener("change", refitPanel);
  addEventListener("popstate", revisit);
  document.addEventListener("click", onClick);
  document.addEventListener("keydown", onKey);
  adopt(find(".turn"));
}

/** The server may have answered already: its turn is drawn from the same template. */
function adopt(turn) {
  if (!turn) return;
  turn.dataset.address = addressOf(new URLSearchParams(location.search));
  if (!find(".reply", turn)) return;
  remember(turn.dataset.address);
  if (TELLS && !turn.matches(".unanswered")) drawProse(turn, eventsAbout(turn));
}

document.documentElement.classList.add("scripted");
localise(document);
startMenu();
if (find("#composer")) startChat();
