// Ibid's page: asks, draws cited passages, opens their articles.
// Whatever comes from articles or from the server enters the page as text, never as markup.

const say = JSON.parse(document.body.dataset.messages);
const language = document.documentElement.lang;
const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language; // "en-GB" writes days first
const NARROW = matchMedia("(max-width: 63.99rem)"); // below it a source fills the screen; style.css says the same
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const COARSE = matchMedia("(pointer: coarse)");
const HISTORY_LENGTH = 50; // questions kept: what a reader can still look through
const COPIED_MS = 2000; // how long a button says that it has copied: long enough to be read

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const stamp = (name) => find(`#${name}-template`).content.firstElementChild.cloneNode(true);

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.textContent = text ?? "";
  return element;
}

/** Write a text into a part of `root`; without a text the part goes, as it does in the template. */
function fill(root, selector, text) {
  const part = find(selector, root);
  if (text === null || text === undefined || text === "") part.remove();
  else part.textContent = text;
  return part;
}

// ---- words, dates, languages -------------------------------------------------------------------

const plural = new Intl.PluralRules(language);
const days = new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone: "UTC" });
const names = new Intl.DisplayNames(language, { type: "language", fallback: "none" });

function worded(message, values) {
  return message.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

function counted(message, n) {
  return worded(message[plural.select(n)] ?? message.other, { n: n.toLocaleString(language) });
}

function strength(confidence) {
  return say.confidence.find(([floor]) => confidence >= floor)[1];
}

function day(iso) {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : days.format(date);
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

// ---- what this browser keeps -------------------------------------------------------------------

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

function drawHistory() {
  const addresses = recall("history", []);
  const items = addresses.map((address) => {
    const link = make("a", "earlier", new URLSearchParams(address).get("q"));
    link.href = `/${address}`;
    link.dir = "auto";
    const item = make("li");
    item.append(link);
    return item;
  });
  find("#history").replaceChildren(...(items.length ? items : [make("li", "note", say.history_empty)]));
  find("#forget").hidden = items.length === 0;
}

// ---- an article, laid out by the rules of api/article.py ------------------------------------------

const BLANKS = /^[ \t\u00a0\r\n\u2028\u2029]*$/;
const PARAGRAPH = /[ \t\u00a0\r\n\u2028\u2029]*[^\r\n\u2028\u2029]*[ \t\u00a0\r\n\u2028\u2029]*/g;

/** Cut points[start:end] wherever a mark begins or ends. Offsets count code points, so `points` is an array. */
function cut(points, start, end, marks) {
  const edges = marks.flatMap((mark) => [mark.start, mark.end]).filter((edge) => start < edge && edge < end);
  const cuts = [...new Set([start, ...edges, end])].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((from, i) => {
    const to = cuts[i + 1];
    const kinds = marks.filter((mark) => mark.start <= from && to <= mark.end).map((mark) => mark.kind);
    return { text: points.slice(from, to).join(""), kind: [...new Set(kinds)].join(" ") };
  });
}

function appendPieces(parent, pieces) {
  for (const { text, kind } of pieces) parent.append(kind ? make("mark", kind, text) : text);
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
  appendPieces(element, cut(points, start, end, marks));
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

// ---- talking to the server ------------------------------------------------------------------------

class Failure extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.title ?? "");
    Object.assign(this, { status, problem, retryAfter });
  }
}

/** Fetch JSON. Throws Failure for a problem reply and for a server that cannot be reached (status 0). */
async function fetchJson(address, options) {
  const response = await fetch(address, options).catch(() => {
    throw new Failure(0, {});
  });
  const body = await response.json().catch(() => null); // cut off on the way, or not from our server
  if (response.ok && body) return body;
  throw new Failure(response.ok ? 0 : response.status, body ?? {}, Number(response.headers.get("Retry-After")));
}

function requestOf(address) {
  const given = new URLSearchParams(address);
  const filters = {};
  for (const name of ["published_from", "published_to"]) if (given.get(name)) filters[name] = given.get(name);
  for (const name of ["outlet", "language"]) if (given.has(name)) filters[name] = given.getAll(name);
  const include_boilerplate = given.get("include_boilerplate") === "true";
  return { question: given.get("q"), k: Number(given.get("k") ?? 5), filters, include_boilerplate };
}

// ---- a question and its passages ----------------------------------------------------------------

/** The canonical address of a question: empty fields and the usual k are left out. */
function addressOf(given) {
  const entries = [...given].filter(([name, value]) => value.trim() && !(name === "k" && value === "5"));
  return `?${new URLSearchParams(entries)}`;
}

function drawScope(turn, address) {
  const entries = [...new URLSearchParams(address)].filter(([name]) => name !== "q");
  const items = entries.map(([name, value]) => {
    const item = make("li", "", `${say[name] ?? name} `);
    if (name.startsWith("published")) item.append(timeOf(value));
    else if (name === "language") item.append(languageOf(value));
    else if (name !== "include_boilerplate") item.append(make("bdi", "", value));
    return item;
  });
  find(".scope", turn).replaceChildren(...items);
}

function begin(address) {
  const turn = stamp("turn");
  turn.dataset.address = address;
  const link = fill(turn, ".question", new URLSearchParams(address).get("q"));
  link.href = `/${address}`;
  drawScope(turn, address);
  find(".reply", turn).remove();
  return turn;
}

/** Ask what an address asks, in a turn of its own or in one that failed before. */
async function ask(address, turn = begin(address)) {
  document.body.classList.remove("fresh");
  document.title = `${find(".question", turn).textContent} – Ibid`;
  find(".problem", turn)?.remove();
  turn.classList.add("waiting");
  if (!turn.isConnected) find("#conversation").append(turn);
  turn.scrollIntoView({ behavior: STILL.matches ? "auto" : "smooth", block: "start" });
  try {
    const body = JSON.stringify(requestOf(address));
    const headers = { "Content-Type": "application/json" };
    drawReply(turn, await fetchJson("/v1/ask", { method: "POST", headers, body }));
    remember(address);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    turn.append(problemNotice(failure));
  } finally {
    turn.classList.remove("waiting");
  }
}

function drawReply(turn, reply) {
  const drawn = find(".reply", stamp("turn"));
  turn.classList.toggle("unanswered", !reply.answerable);
  find(".question", turn).lang = reply.question_language;
  if (reply.answerable) find(".no-answer", drawn).remove();
  else {
    fill(drawn, ".reason", say.reasons[reply.reason] ?? reply.reason);
    fill(drawn, ".no-answer-advice", reply.passages.length ? say.no_answer_nearest : say.no_answer_empty);
  }
  find(".warnings", drawn).replaceChildren(...reply.warnings.map((warning) => make("li", "", warning)));
  const count = counted(reply.answerable ? say.passages : say.nearest, reply.passages.length);
  fill(drawn, ".count", count);
  fill(drawn, ".strength", strength(reply.confidence)).title = percent(reply.confidence);
  find(".passages", drawn).append(...reply.passages.map(drawPassage));
  turn.append(drawn);
  announce(reply, count);
}

function percent(confidence) {
  return worded(say.confidence_detail, { percent: Math.round(confidence * 100) });
}

function announce(reply, passages) {
  const title = reply.passages[0]?.citation.title ?? say.untitled;
  const words = { passages, confidence: strength(reply.confidence), title };
  find("#announcement").textContent = worded(reply.answerable ? say.found : say.found_none, words);
}

function drawPassage(hit) {
  const { citation } = hit;
  const item = stamp("passage");
  const answers = hit.highlights.map(({ start, end }) => `${start}-${end}`).join(" ");
  Object.assign(item.dataset, { document: citation.document_id, start: citation.start, answers });
  fill(item, ".number", hit.rank);
  find(".open", item).href = `${citation.permalink}?${new URLSearchParams({ answers })}#cited`;
  fill(item, ".title", citation.title ?? say.untitled).lang = citation.language ?? "";
  drawOrigin(item, citation);
  const quote = find(".quote", item);
  quote.lang = citation.language ?? "";
  const points = Array.from(hit.text);
  appendPieces(quote, cut(points, 0, points.length, hit.highlights.map((h) => ({ ...h, kind: "answer" }))));
  const terms = hit.explanation.lexical.terms ?? [];
  if (terms.length) fill(item, ".terms", terms.join(", "));
  else find(".matched", item).remove();
  find(".permalink", item).href = citation.permalink;
  return item;
}

function drawOrigin(root, source) {
  fill(root, ".outlet", source.outlet).lang = source.language ?? "";
  const time = fill(root, "time", source.published_on && day(source.published_on));
  time.setAttribute("datetime", source.published_on);
  fill(root, ".language", source.language && nameOf(source.language)).dataset.language = source.language;
  const original = find(".original", root);
  if (/^https?:\/\//i.test(source.url ?? "")) original.href = source.url;
  else original.remove();
}

function problemNotice({ status, problem, retryAfter }) {
  const notice = stamp("problem");
  const offline = status === 0;
  fill(notice, ".problem-title", offline ? say.offline : say.problem);
  fill(notice, ".problem-advice", advice(status, retryAfter));
  fill(notice, ".problem-detail", [problem.title, problem.detail].filter(Boolean).join(". "));
  if (problem.request_id) fill(notice, "code", problem.request_id);
  else find(".problem-request", notice).remove();
  return notice;
}

function advice(status, retryAfter) {
  if (status === 0) return say.offline_detail;
  if (status === 429 || status === 503) {
    return retryAfter ? `${say.problem_busy} ${counted(say.problem_wait, retryAfter)}` : say.problem_busy;
  }
  if (status === 404) return say.problem_not_found;
  return [400, 413, 422].includes(status) ? say.problem_question : say.problem_server;
}

// ---- the source panel ---------------------------------------------------------------------------

const panel = find("#source");
let shown = null; // the passage whose article is open

/** Where the cited words stand in the article as it is now, which may be newer than the answer; null where nowhere. */
async function placeOf(passage, points) {
  const quote = find(".quote", passage).textContent;
  const length = Array.from(quote).length;
  const stands = (start) => start !== null && points.slice(start, start + length).join("") === quote;
  const start = Number(passage.dataset.start);
  if (stands(start)) return { start, end: start + length };
  const id = find(".permalink", passage).getAttribute("href").split("/").at(-1);
  const moved = (await fetchJson(`/v1/citations/${id}`)).start;
  return stands(moved) ? { start: moved, end: moved + length } : null;
}

function marksOf({ start, end }, answers) {
  const sentences = answers.split(" ").filter(Boolean).map((range) => range.split("-").map(Number));
  const inArticle = sentences.map(([from, to]) => ({ start: start + from, end: start + to, kind: "answer" }));
  return [{ start, end, kind: "cited" }, ...inArticle];
}

async function drawArticle(passage) {
  const article = await fetchJson(`/v1/documents/${encodeURIComponent(passage.dataset.document)}`);
  const place = await placeOf(passage, Array.from(article.text));
  if (shown !== passage) return; // the reader went on meanwhile
  const text = find(".text", panel);
  if (place) text.replaceWith(articleText(article, marksOf(place, passage.dataset.answers)));
  else text.replaceChildren(make("p", "state changed", say.state_changed));
  const mark = find("mark.answer, mark.cited", panel);
  if (mark) centre(mark);
}

/** Scroll the panel and nothing else; scrollIntoView would move the questions too. */
function centre(mark) {
  const scroller = find(".scroller", panel);
  const [words, room] = [mark, scroller].map((part) => part.getBoundingClientRect());
  scroller.scrollTop += words.top - room.top - Math.max(0, (room.height - words.height) / 2);
}

async function openSource(passage) {
  shown?.classList.remove("shown");
  shown = passage;
  shown.classList.add("shown");
  drawPanelHead(passage);
  find(".text", panel).replaceChildren();
  showPanel();
  if (!NARROW.matches) passage.scrollIntoView({ block: "nearest" });
  try {
    await drawArticle(passage);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    if (shown === passage) find(".text", panel).replaceChildren(problemNotice(failure));
  }
}

function drawPanelHead(passage) {
  const siblings = all(".passage", passage.closest(".passages"));
  const place = siblings.indexOf(passage);
  find(".number", panel).textContent = find(".number", passage).textContent;
  find(".position", panel).textContent = worded(say.position, { n: place + 1, total: siblings.length });
  find(".previous", panel).disabled = place === 0;
  find(".next", panel).disabled = place === siblings.length - 1;
  find("#source-title", panel).replaceChildren(find(".title", passage).cloneNode(true));
  find(".source-origin", panel).replaceChildren(find(".origin", passage).cloneNode(true));
  find(".permalink", panel).href = find(".permalink", passage).getAttribute("href");
}

function showPanel() {
  if (panel.open) return;
  document.body.classList.add("reading");
  if (NARROW.matches) panel.showModal();
  else panel.show();
  find("#source-title").focus({ preventScroll: true });
}

function step(by) {
  const siblings = all(".passage", shown.closest(".passages"));
  const next = siblings[siblings.indexOf(shown) + by];
  if (next) openSource(next);
}

function afterClose() {
  if (panel.open) return; // closed only to be opened in its other form
  document.body.classList.remove("reading");
  shown.classList.remove("shown");
  const opener = find(".open", shown);
  shown = null;
  opener.focus();
}

/** A panel beside the questions becomes a full-screen dialog, and back, when the window changes. */
function refitPanel() {
  if (!panel.open) return;
  panel.close();
  showPanel();
}

// ---- copying --------------------------------------------------------------------------------------

function citationText(passage) {
  const source = [".title", ".outlet", "time"].map((part) => find(part, passage)?.textContent).filter(Boolean);
  const address = new URL(find(".permalink", passage).getAttribute("href"), location.origin).href;
  return worded(say.citation_text, { quote: find(".quote", passage).textContent.trim(), source: source.join(", "), address });
}

async function copy(text, button, done) {
  button.dataset.label ??= button.textContent;
  button.textContent = (await write(text)) ? done : say.copy_failed;
  find("#announcement").textContent = button.textContent;
  setTimeout(() => { button.textContent = button.dataset.label; }, COPIED_MS);
}

/** Browsers give the clipboard to https and localhost only; elsewhere the old command still copies a selection. */
async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  const area = make("textarea", "", text);
  (panel.open ? panel : document.body).append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
}

// ---- keyboard -------------------------------------------------------------------------------------

function currentTurn() {
  return (shown ?? document.activeElement)?.closest(".turn") ?? all(".turn").at(-1);
}

function move(by) {
  if (shown) return step(by);
  const links = all(".open");
  const here = links.indexOf(document.activeElement);
  const first = Math.max(0, links.indexOf(find(".open", currentTurn() ?? document)));
  links[here < 0 ? first : Math.min(links.length - 1, Math.max(0, here + by))]?.focus();
}

function openNumber(n) {
  const passage = all(".passage", currentTurn() ?? document)[n - 1];
  if (passage) openSource(passage);
}

function onKey(event) {
  if (event.key === "Escape" && panel.open && !find(":popover-open")) return panel.close();
  if (event.ctrlKey || event.metaKey || event.altKey || !find("#shortcuts").checked) return;
  if (event.target.closest("input, textarea, select")) return;
  if (event.key === "/") focusQuestion();
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (/^[1-9]$/.test(event.key)) openNumber(Number(event.key));
  else return;
  event.preventDefault();
}

function focusQuestion() {
  if (panel.matches(":modal")) panel.close();
  find("#question").focus();
}

// ---- beginning ------------------------------------------------------------------------------------

function submit(event) {
  event.preventDefault();
  const address = addressOf(new FormData(event.target));
  if (!new URLSearchParams(address).get("q")) return;
  find("#question").value = "";
  if (COARSE.matches) find("#question").blur(); // the keyboard on the screen would cover the passages
  go(address);
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
  if (turn) turn.scrollIntoView({ block: "start" });
  else if (new URLSearchParams(address).get("q")) ask(address);
}

function onClick(event) {
  const target = event.target.closest("a, button");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (target.matches(".switch")) target.search = new URLSearchParams({ back: location.pathname + location.search });
  const passage = target.closest(".passage") ?? shown;
  const turn = target.closest(".turn");
  if (target.matches(".open")) openSource(passage);
  else if (target.matches(".copy")) copy(citationText(passage), target, say.citation_copied);
  else if (target.matches(".share")) copy(find(".question", turn).href, target, say.link_copied);
  else if (target.matches(".retry") && turn) ask(turn.dataset.address, turn);
  else if (target.matches(".retry")) openSource(shown);
  else if (target.matches(".example, .earlier, .question")) go(addressOf(new URL(target.href).searchParams));
  else return;
  event.preventDefault();
  find("#menu").hidePopover();
}

function countFilters() {
  const given = new URLSearchParams(addressOf(new FormData(find("#composer"))));
  given.delete("q");
  const label = given.size ? counted(say.filters_active, given.size) : say.filters;
  find(".filters-label").textContent = label;
}

function clearFilters() {
  for (const field of all(".fields input")) {
    if (field.type === "checkbox") field.checked = false;
    else field.value = "";
  }
  find(".fields select").value = "5";
  countFilters();
}

function startMenu() {
  drawHistory();
  find("#forget").addEventListener("click", () => { keep("history", []); drawHistory(); });
  const shortcuts = find("#shortcuts");
  shortcuts.checked = recall("shortcuts", true);
  shortcuts.addEventListener("change", () => keep("shortcuts", shortcuts.checked));
}

function startChat() {
  const form = find("#composer");
  form.addEventListener("submit", submit);
  form.addEventListener("change", countFilters);
  find(".clear", form).addEventListener("click", clearFilters);
  find("#question").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
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
  if (find(".reply", turn)) remember(turn.dataset.address);
}

document.documentElement.classList.add("scripted");
localise(document);
startMenu();
if (find("#composer")) startChat();
