"use strict";
// The page keeps every line of the transcript and draws the two open chats again when one changes.
// Words that people wrote reach the page only as text nodes or through `html`, in which the
// stand-in has escaped everything but the bot's own entities.

const $ = (id) => document.getElementById(id);
const lines = new Map();
const unread = new Map();
const state = { world: null, citizen: null, topic: 0, follows: true, chatReply: null, topicReply: null };
const COLORS = { 7322096: "#3f8fc4", 16766590: "#b98a12", 13338331: "#9a4bad", 9367192: "#3c9a4b", 16749490: "#c4557a", 16478047: "#c4473c" };
const NAMES = { photo: "Ảnh", voice: "Tin thoại", sticker: "Nhãn dán", location: "Vị trí", document: "Tệp", contact: "Danh bạ" };
const ICONS = { voice: "🎤", location: "📍", document: "📄", contact: "👤" };

async function call(method, path, body) {
  const answer = await fetch(`/control/${path}`, {
    method,
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const read = await answer.json();
  if (!answer.ok) {
    toast(read.description || "Không làm được");
    throw new Error(read.description);
  }
  return read;
}

const post = (path, body) => call("POST", path, body);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

let toastTimer;
function toast(text) {
  $("toast").textContent = text;
  $("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $("toast").hidden = true; }, 4500);
}

// Reading

const group = () => state.world.groups[0];
const key = (line) => `${line.chat_id}/${line.message_id}`;
const chatLines = () => [...lines.values()].filter((l) => l.chat_id === state.citizen);
const topicLines = (topic) => [...lines.values()].filter((l) => group() && l.chat_id === group().id && (l.topic_id || 0) === topic);
const citizen = () => state.world.citizens.find((c) => c.id === state.citizen);

async function readAll() {
  await readWorld();
  const read = await call("GET", "transcript");
  lines.clear();
  read.lines.forEach((line) => lines.set(key(line), line));
  drawAll();
}

async function readWorld() {
  state.world = await call("GET", "world");
  if (!citizen()) state.citizen = state.world.citizens[0].id;
}

function drawAll() {
  drawCitizens();
  drawGroup();
  drawTopics();
  drawChat();
  drawTopic();
}

// Drawing

function drawCitizens() {
  $("citizens").replaceChildren(...state.world.citizens.map((person) => make("button", {
    type: "button",
    "aria-pressed": String(person.id === state.citizen),
    onclick: () => { showCitizen(person.id); $("chat-text").focus(); },
  }, person.first_name, unread.get(person.id) ? make("span", { class: "dot", role: "img", "aria-label": "có tin mới" }) : null)));
  reveal($("citizens"));
  const blocked = citizen().blocked;
  $("block").textContent = blocked ? "Bỏ chặn" : "Chặn bot";
  $("bot-state").textContent = blocked ? "đã bị chặn" : "bot";
}

function drawGroup() {
  const shown = group();
  if (!shown) return;
  const rights = shown.members.find((m) => m.id === state.world.bot.id);
  $("group-name").textContent = shown.title;
  $("group-state").textContent = `${shown.members.length - 1} cán bộ · bot ${rights && rights.status === "administrator" ? "là quản trị viên" : "không có quyền"}`;
  const chosen = $("officer").value;
  const officers = shown.members.filter((m) => m.id !== state.world.bot.id);
  $("officer").replaceChildren(...officers.map((m) => make("option", { value: m.id }, m.name)));
  if (officers.some((m) => String(m.id) === chosen)) $("officer").value = chosen;
}

function drawTopics() {
  if (!group()) return;
  const open = group().topics.filter((topic) => !topic.deleted);
  const last = (id) => topicLines(id).filter((l) => !l.deleted).at(-1);
  const time = (id) => (last(id) ? last(id).revision : 0);
  open.sort((a, b) => a.closed - b.closed || time(b.id) - time(a.id));
  const general = { id: 0, name: "General", icon_color: 7322096 };
  if (state.topic && !open.some((topic) => topic.id === state.topic)) stay(0, true);
  followNewest(open);
  $("topics").replaceChildren(...[...open, general].map((topic) => make("button", {
    type: "button",
    class: topic.closed ? "closed" : "",
    "aria-pressed": String(topic.id === state.topic),
    onclick: () => openTopic(topic.id),
  },
  make("span", { class: "sign", style: null, "aria-hidden": "true" }, topic.id ? (topic.closed ? "🔒" : "#") : "◆"),
  make("span", { class: "name" }, topic.name, make("span", { class: "last" }, topic.closed ? "đã đóng · " : "", brief(last(topic.id)))),
  unread.get(`t${topic.id}`) ? make("span", { class: "count", "aria-label": "tin mới" }, String(unread.get(`t${topic.id}`))) : null)));
  [...$("topics").children].forEach((button, at) => {
    button.firstChild.style.background = COLORS[[...open, general][at].icon_color] || "#3f8fc4";
  });
}

// Until an officer touches the forum it shows the newest topic. On a phone the list comes first.
function followNewest(open) {
  const newest = Math.max(0, ...open.map((topic) => topic.id));
  if (state.follows && $("topic").offsetParent && newest !== state.topic) stay(newest, true);
}

function stay(topic, follows) {
  state.topic = topic;
  state.follows = follows;
  state.topicReply = null;
  unread.delete(`t${topic}`);
  delete $("topic").dataset.seen; // another story: it is shown from its end
}

function showCitizen(id) {
  state.citizen = id;
  state.chatReply = null;
  unread.delete(id);
  delete $("chat").dataset.seen;
  drawAll();
}

// Chips that do not fit scroll; the pressed one is always in sight.
function reveal(box) {
  const chip = box.querySelector("[aria-pressed=true]");
  if (!chip || box.dataset.shown === String(state.citizen)) return;
  box.dataset.shown = String(state.citizen);
  chip.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function openTopic(id) {
  stay(id, false);
  document.querySelector(".forum").dataset.open = "room";
  drawTopics();
  drawTopic();
  $("topic-text").focus();
}

function drawChat() {
  const shown = chatLines();
  const empty = make("p", { class: "empty" }, `${citizen().first_name} chưa nhắn gì.`, make("br"), "Gõ một câu hỏi ở dưới, ví dụ: mat bia do lam lai the nao");
  fill($("chat"), shown, (line) => drawMessage(line, { mine: !line.author.is_bot, named: false, reply: (l) => { state.chatReply = l; drawReplies(); } }), empty);
  drawReplies();
  const keyboard = shown.filter((l) => l.keyboard).at(-1)?.keyboard;
  $("typed-keys").replaceChildren(...((keyboard && keyboard.keyboard) || []).map((row) => make("div", {}, ...row.map((button) => {
    const text = button.text || button;
    return make("button", { type: "button", onclick: () => (button.request_location ? sendThing("location") : button.request_contact ? sendThing("contact") : say(text)) }, text);
  }))));
}

function drawTopic() {
  if (!group()) return;
  const topic = group().topics.find((one) => one.id === state.topic);
  $("topic-name").textContent = topic ? topic.name : "General";
  $("toggle-topic").textContent = topic && topic.closed ? "Mở lại" : "Đóng";
  document.querySelector(".topic-tools").hidden = !topic;
  const officer = Number($("officer").value);
  const empty = make("p", { class: "empty" }, "Chưa có tin nào ở đây.");
  fill($("topic"), topicLines(state.topic), (line) => drawMessage(line, { mine: line.author.id === officer, named: true, reply: (l) => { state.topicReply = l; drawReplies(); $("topic-text").focus(); } }), empty);
  drawReplies();
}

function fill(box, shown, draw, empty) {
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60 || !box.dataset.seen;
  const before = new Set((box.dataset.seen || "").split(","));
  const elements = shown.map((line) => {
    const element = draw(line);
    if (box.dataset.seen && !before.has(String(line.message_id))) element.classList.add("new");
    return element;
  });
  box.replaceChildren(...(elements.length ? elements : [empty]));
  box.dataset.seen = shown.map((line) => line.message_id).join(",");
  if (atEnd) box.scrollTop = box.scrollHeight;
}

function drawReplies() {
  const boxes = [$("chat"), $("topic")].filter((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 60);
  for (const [bar, name] of [["chat-reply", "chatReply"], ["topic-reply", "topicReply"]]) {
    const line = state[name];
    $(bar).hidden = !line;
    if (line) {
      $(bar).replaceChildren(
        make("span", {}, `Trả lời ${line.author.name}: ${brief(line)}`),
        make("button", { type: "button", "aria-label": "Thôi trả lời", onclick: () => { state[name] = null; drawReplies(); } }, "×"));
    }
  }
  document.querySelectorAll(".chosen").forEach((element) => element.classList.remove("chosen"));
  for (const line of [state.chatReply, state.topicReply]) {
    if (line) document.querySelector(`[data-key="${key(line)}"]`)?.classList.add("chosen");
  }
  // The reply bar takes room from the messages; who was at the end stays there.
  for (const box of boxes) box.scrollTop = box.scrollHeight;
}

function brief(line) {
  if (!line) return "";
  if (line.kind === "service") return service(line);
  const what = line.kind === "text" ? "" : `${NAMES[line.kind] || line.kind} `;
  return what + line.text.replace(/\s+/g, " ").slice(0, 90);
}

function service(line) {
  const said = line.service;
  const who = line.author.name;
  if (said.forum_topic_created) return `${who} mở chủ đề «${said.forum_topic_created.name}»`;
  if (said.forum_topic_edited) return said.forum_topic_edited.name ? `${who} đổi tên chủ đề: «${said.forum_topic_edited.name}»` : `${who} đổi biểu tượng chủ đề`;
  if (said.forum_topic_closed) return `${who} đóng chủ đề`;
  if (said.forum_topic_reopened) return `${who} mở lại chủ đề`;
  if (said.pinned_message) return `${who} ghim «${(said.pinned_message.text || "tin").slice(0, 50)}»`;
  return "Nhóm chuyển sang địa chỉ mới";
}

function drawMessage(line, { mine, named, reply }) {
  if (line.kind === "service") return make("div", { class: "service" }, service(line));
  const time = new Date(line.time).toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" });
  const marks = [line.pinned ? "📌" : "", line.deleted ? "đã xoá" : line.edited ? "đã sửa" : "", time].filter(Boolean);
  const replied = line.reply_to && lines.get(`${line.chat_id}/${line.reply_to}`);
  const text = make("div", { class: "text" });
  text.innerHTML = line.html;
  text.querySelectorAll("a").forEach((a) => { a.target = "_blank"; a.rel = "noopener noreferrer"; });
  text.append(make("span", { class: "meta" }, marks.join(" · ")));
  const bubble = make("div", { class: "bubble" },
    named && !mine ? make("div", { class: line.author.is_bot ? "author is-bot" : "author" }, line.author.name) : null,
    line.forwarded_from ? make("div", { class: "author" }, `Chuyển tiếp từ ${line.forwarded_from}`) : null,
    replied ? make("div", { class: "quote" }, `${replied.author.name}: ${brief(replied)}`) : null,
    thing(line), text,
    line.reactions.length ? make("div", { class: "reactions" }, ...line.reactions.map((one) => make("span", {}, one))) : null);
  if (!line.deleted) {
    const label = `Trả lời tin của ${line.author.name}: ${brief(line)}`;
    const choose = (event) => {
      if (event.target.closest("a") || window.getSelection().toString()) return;
      if (event.type === "keydown" && event.key !== "Enter") return;
      reply(line);
    };
    bubble.setAttribute("tabindex", "0");
    bubble.setAttribute("role", "button");
    bubble.setAttribute("aria-label", label);
    bubble.addEventListener("click", choose);
    bubble.addEventListener("keydown", choose);
  }
  const classes = ["message", "clickable", mine ? "mine" : "", line.deleted ? "gone" : ""];
  return make("div", { class: classes.join(" "), "data-key": key(line) }, bubble, keys(line));
}

function thing(line) {
  switch (line.kind) {
    case "text": return null;
    case "photo": return make("div", { class: "photo-box" }, line.album ? "🖼 Ảnh trong bộ" : "🖼 Ảnh");
    case "sticker": return make("div", { class: "sticker-box" }, line.media.sticker.emoji || "🙂");
    default: return make("div", { class: "thing" }, make("span", { class: "icon", "aria-hidden": "true" }, ICONS[line.kind] || "▫"), detail(line));
  }
}

function detail(line) {
  const it = line.media[line.kind];
  if (line.kind === "voice") return `Tin thoại ${it.duration} giây`;
  if (line.kind === "location") return `Vị trí ${it.latitude.toFixed(4)}, ${it.longitude.toFixed(4)}`;
  if (line.kind === "contact") return `${it.first_name} ${it.phone_number}`;
  return it.file_name || NAMES[line.kind];
}

function keys(line) {
  if (!line.buttons.length || line.deleted) return null;
  return make("div", { class: "keys" }, ...line.buttons.map((row) => make("div", {}, ...row.map((button) => (button.url
    ? make("a", { href: /^https?:/.test(button.url) ? button.url : "#", target: "_blank", rel: "noopener noreferrer" }, `${button.text} ↗`)
    : make("button", { type: "button", onclick: (event) => press(event.currentTarget, line, button) }, button.text))))));
}

// Acting

const here = (line) => (line.chat_id === state.citizen ? { person: state.citizen } : { person: Number($("officer").value), chat_id: line.chat_id });

async function press(element, line, button) {
  if (!button.callback_data) { toast("Nút này không gọi bot."); return; }
  element.disabled = true;
  try {
    const pressed = await post("press", { ...here(line), message_id: line.message_id, data: button.callback_data });
    const answer = await call("GET", `callbacks/${pressed.callback_query_id}?wait=10`);
    if (answer.text) toast(answer.text);
    else if (!answer.answered) toast("Bot chưa trả lời nút này.");
  } finally {
    element.disabled = false;
  }
}

async function say(text) {
  const reply = state.chatReply;
  state.chatReply = null;
  await post("say", { person: state.citizen, text, reply_to: reply ? reply.message_id : null });
}

const sendThing = (kind) => post("send", { person: state.citizen, kind });

async function sayInTopic(text) {
  const reply = state.topicReply;
  state.topicReply = null;
  await post("say", {
    person: Number($("officer").value), chat_id: group().id, topic_id: state.topic || null,
    text, reply_to: reply ? reply.message_id : null,
  });
}

const onTopic = (verb) => post(`topic/${verb}`, { person: Number($("officer").value), chat_id: group().id, topic_id: state.topic });

function typing(form, box, send) {
  $(form).addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = $(box).value.trim();
    if (!text) return;
    $(box).value = "";
    try { await send(text); } catch (error) { $(box).value = text; }
    drawReplies();
    $(box).focus();
  });
  $(box).addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      $(form).requestSubmit();
    }
  });
}

function arrange() {
  typing("chat-form", "chat-text", say);
  typing("topic-form", "topic-text", sayInTopic);
  document.querySelectorAll("[data-thing]").forEach((button) => button.addEventListener("click", () => sendThing(button.dataset.thing)));
  document.querySelectorAll(".sides button").forEach((button) => button.addEventListener("click", () => showSide(button.dataset.side)));
  $("add-citizen").addEventListener("submit", async (event) => {
    event.preventDefault();
    const name = $("new-name").value.trim();
    if (!name) return;
    const person = await post("people", { name });
    $("new-name").value = "";
    await readWorld();
    showCitizen(person.id);
  });
  $("block").addEventListener("click", () => post(citizen().blocked ? "unblock" : "block", { person: state.citizen }));
  $("toggle-topic").addEventListener("click", () => onTopic(group().topics.find((t) => t.id === state.topic).closed ? "reopen" : "close"));
  $("delete-topic").addEventListener("click", () => { if (confirm("Xoá chủ đề này cùng mọi tin trong đó?")) onTopic("delete"); });
  $("back").addEventListener("click", () => { document.querySelector(".forum").dataset.open = "list"; });
  $("officer").addEventListener("change", drawTopic);
  for (const touch of ["pointerdown", "wheel", "focusin"]) {
    document.querySelector(".forum").addEventListener(touch, () => { state.follows = false; }, { passive: true });
  }
  $("reset").addEventListener("click", () => { if (confirm("Bỏ mọi tin và diễn lại từ đầu?")) post("reset"); });
}

function showSide(side) {
  document.body.dataset.side = side;
  document.querySelectorAll(".sides button").forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.side === side)));
  for (const box of [$("chat"), $("topic")]) box.scrollTop = box.scrollHeight;
}

// Events

let redraw = null;
function soon() {
  redraw = redraw || setTimeout(() => { redraw = null; drawAll(); }, 30);
}

function hear(line) {
  const isNew = !lines.has(key(line));
  lines.set(key(line), line);
  if (isNew && line.author.is_bot && line.chat_id > 0 && line.chat_id !== state.citizen) unread.set(line.chat_id, 1);
  const topic = line.topic_id || 0;
  if (isNew && group() && line.chat_id === group().id && topic !== state.topic) unread.set(`t${topic}`, (unread.get(`t${topic}`) || 0) + 1);
  if (Object.keys(line.service).length) readWorld().then(soon);
  soon();
}

function listen() {
  const source = new EventSource("/events");
  source.addEventListener("open", () => { $("link").textContent = "Trực tiếp"; $("link").classList.add("live"); readAll(); });
  source.addEventListener("error", () => { $("link").textContent = "Mất nối, đang thử lại…"; $("link").classList.remove("live"); });
  source.addEventListener("message", (event) => hear(JSON.parse(event.data)));
  for (const name of ["chat", "people"]) source.addEventListener(name, () => readWorld().then(soon));
  source.addEventListener("reset", () => { unread.clear(); stay(0, true); state.chatReply = null; readAll(); });
  source.addEventListener("action", (event) => {
    if (JSON.parse(event.data).chat_id !== state.citizen) return;
    $("bot-state").textContent = "đang soạn…";
    setTimeout(() => { if (state.world) drawCitizens(); }, 3000);
  });
}

document.querySelector(".forum").dataset.open = "list";
arrange();
listen();
