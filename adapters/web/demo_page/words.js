// The page's own words, Russian and English, in one place; page.html carries the Russian ones as well.

export const language = document.documentElement.lang === "en" ? "en" : "ru";

const WORDS = {
  title: { ru: "Отмена: демонстрация", en: "Otmena: the demo" },
  name: { ru: "Отмена", en: "Otmena" },
  lead: {
    ru: "Салон в коробке: пишите за клиента, автомат решает, журнал меняется на глазах.",
    en: "A salon in a box: you write as a client, the machine decides, the journal changes as you watch.",
  },
  reset: { ru: "Начать заново", en: "Start over" },
  stats: { ru: "Статистика", en: "Statistics" },
  clock: { ru: "Часы салона", en: "The salon's clock" },
  controls: { ru: "Управление", en: "Controls" },
  quarter: { ru: "+15 минут", en: "+15 minutes" },
  day_on: { ru: "+1 день", en: "+1 day" },
  faults: { ru: "Сбои", en: "Faults" },
  fault: { ru: "Сбой", en: "Fault" },
  add_fault: { ru: "Устроить сбой…", en: "Cause a fault…" },
  add_fault_title: { ru: "Устроить сбой", en: "Cause a fault" },
  clear_faults: { ru: "Снять все", en: "Clear all" },
  end_fault: { ru: "Снять сбой {fault}", en: "End the fault {fault}" },
  operation: { ru: "Операция", en: "Operation" },
  any_operation: { ru: "любая операция", en: "any operation" },
  how_often: { ru: "Как часто", en: "How often" },
  once: { ru: "один раз", en: "once" },
  always: { ru: "всегда", en: "always" },
  times: { ru: "{times} раз", en: "{times} ×" },
  switch_on: { ru: "Включить", en: "Switch on" },
  server: { ru: "Сервер", en: "Server" },
  server_is: { ru: "Сервер: ", en: "Server: " },
  up: { ru: "работает", en: "running" },
  starts_first: { ru: "запускается…", en: "starting…" },
  starting: { ru: "запускается", en: "starting" },
  down: { ru: "убит", en: "killed" },
  restart: { ru: "Перезапустить сервер", en: "Restart the server" },
  lost: { ru: "Связь с программой потеряна. Пробую снова…", en: "The program does not answer. Trying again…" },
  full: { ru: "Все места в демонстрации заняты. Пробую снова…", en: "All places in the demo are taken. Trying again…" },
  not_sent: { ru: "Не получилось отправить. Попробуйте ещё раз.", en: "That did not go out. Please try again." },
  not_loaded: { ru: "Этот момент не удалось показать.", en: "That moment could not be shown." },
  you_see: { ru: "Вы смотрите момент {at}", en: "You are looking at {at}" },
  to_now: { ru: "вернуться в сейчас", en: "back to now" },

  phone: { ru: "Телефон клиента", en: "The client's phone" },
  who_writes: { ru: "Кто пишет", en: "Who writes" },
  salon_name: { ru: "Салон «Отмена»", en: "Salon “Otmena”" },
  online: { ru: "на связи", en: "online" },
  typing: { ru: "печатает…", en: "typing…" },
  hidden_number: { ru: "номер скрыт", en: "number hidden" },
  chat: { ru: "Переписка с салоном", en: "The chat with the salon" },
  empty: {
    ru: "Напишите салону или начните с подсказки внизу",
    en: "Write to the salon, or begin with a suggestion below",
  },
  hints: { ru: "Подсказки", en: "Suggestions" },
  message_to_salon: { ru: "Сообщение салону", en: "Message to the salon" },
  message: { ru: "Сообщение", en: "Message" },
  send: { ru: "Отправить", en: "Send" },
  you: { ru: "Вы: ", en: "You: " },
  salon_says: { ru: "Салон: ", en: "Salon: " },
  answers: { ru: "Ответы", en: "Answers" },
  chosen: { ru: " (выбрано)", en: " (chosen)" },
  read: { ru: "прочитано", en: "read" },
  sent: { ru: "отправлено", en: "sent" },
  not_delivered: { ru: "не доставлено", en: "not delivered" },
  close: { ru: "Закрыть", en: "Close" },

  machine: { ru: "Автомат", en: "Machine" },
  drawing: { ru: "Схема", en: "Drawing" },
  drawing_of: { ru: "Схема автомата", en: "Drawing of the machine" },
  smaller: { ru: "Мельче", en: "Smaller" },
  larger: { ru: "Крупнее", en: "Larger" },
  fit: { ru: "Вся схема", en: "Fit the drawing" },
  aim: { ru: "К состоянию", en: "To the current state" },
  whole: { ru: "Весь автомат", en: "Whole machine" },
  download: { ru: "Скачать SVG", en: "Download SVG" },
  last_turn: { ru: "Последний ход", en: "The last turn" },
  no_turn: {
    ru: "Здесь встанут правила, которые бот проверил: какие сказали «нет» и какое сработало.",
    en: "The rules that the bot tried will stand here: which said no, and which one fired.",
  },
  said_no: { ru: "нет: ", en: "no: " },
  fired: { ru: "сработало: ", en: "fired: " },
  state_here: { ru: "{state}, текущее состояние", en: "{state}, the current state" },
  state_visited: { ru: "{state}, посещений: {visits}", en: "{state}, visits: {visits}" },
  kind: { ru: "Что это", en: "What it is" },
  kind_home: { ru: "дом: ничего не начато", en: "home: nothing is under way" },
  kind_waiting: { ru: "ждёт ответа клиента на вопрос", en: "waits for the client's answer to a question" },
  kind_calling: { ru: "ждёт ответа YClients", en: "waits for an answer of YClients" },
  waits_for_yclients: { ru: "ждёт YClients {s} с", en: "waits for YClients {s} s" },
  kind_open: { ru: "ждёт и принимает любую новую просьбу", en: "waits, and takes any new wish" },
  waits_for: { ru: "Чего ждёт", en: "Waits for" },
  patience: { ru: "Сколько ждёт", en: "For how long" },
  for_ever: { ru: "без срока", en: "without a limit" },
  texts: { ru: "Тексты", en: "Texts" },
  hears: { ru: "Что умеет услышать", en: "What it can hear" },
  ways_out: { ru: "Правила по порядку", en: "Its rules in order" },
  file: { ru: "Файл", en: "File" },
  hours: { ru: "{n} ч", en: "{n} h" },
  minutes: { ru: "{n} мин", en: "{n} min" },
  seconds: { ru: "{n} с", en: "{n} s" },
  days: { ru: "{n} дн.", en: "{n} d" },

  journal: { ru: "Журнал салона", en: "The salon's journal" },
  journal_of_day: { ru: "Журнал дня", en: "The day's journal" },
  watch_it: {
    ru: "Нажмите на запись, чтобы изменить её за администратора.",
    en: "Choose a record to change it as the administrator.",
  },
  started_over: { ru: "Салон и переписка начаты заново.", en: "Salon and chat have begun anew." },
  branched: { ru: "Это другая ветка: здесь всё может пойти иначе.", en: "This is another branch: things may go differently here." },
  day: { ru: "День", en: "Day" },
  day_before: { ru: "Раньше", en: "Earlier" },
  day_after: { ru: "Позже", en: "Later" },
  client_is: { ru: "клиент ", en: "client " },
  nameless: { ru: "без имени", en: "no name" },
  writes_now: { ru: "пишет сейчас", en: "writes now" },
  masters_phone: { ru: "Телефон мастера", en: "The master's phone" },
  whose_phone: { ru: "Чей телефон", en: "Whose phone" },
  to_master: { ru: "Сообщения мастеру", en: "Messages to the master" },
  pocket_empty: {
    ru: "Сюда придёт весть, когда запись изменится.",
    en: "News will come here when a record changes.",
  },
  as_admin: {
    ru: "Вы за администратора салона: измените запись, и бот это заметит.",
    en: "You are the salon's administrator: change the record, and the bot will take notice.",
  },
  date: { ru: "Дата", en: "Date" },
  hour: { ru: "Время", en: "Time" },
  master: { ru: "Мастер", en: "Master" },
  attendance: { ru: "Отметка о визите", en: "Attendance" },
  waiting: { ru: "ожидает", en: "waiting" },
  confirmed: { ru: "подтвердил", en: "confirmed" },
  came: { ru: "пришёл", en: "came" },
  no_show: { ru: "не пришёл", en: "did not come" },
  short_waiting: { ru: "ожидает", en: "expected" },
  short_confirmed: { ru: "подтвердил", en: "confirmed" },
  short_came: { ru: "пришёл", en: "came" },
  short_no_show: { ru: "не пришёл", en: "did not come" },
  short_deleted: { ru: "удалена", en: "deleted" },
  save_record: { ru: "Сохранить", en: "Save" },
  delete_record: { ru: "Удалить запись", en: "Delete the record" },
  restore_record: { ru: "Вернуть запись", en: "Restore the record" },

  timeline: { ru: "Лента", en: "Timeline" },
  events: { ru: "События по порядку", en: "Events in order" },
  timeline_empty: {
    ru: "Здесь по порядку встанет всё, что происходит. Нажмите на событие, и страница покажет тот момент.",
    en: "All that happens will stand here in order. Choose an event, and the page shows that moment.",
  },
  show_all: { ru: "показать всё", en: "show all" },
  save_chat: { ru: "Сохранить .chat", en: "Save .chat" },
  time: { ru: "Время", en: "Time" },
  to_start: { ru: "К началу", en: "To the start" },
  back: { ru: "Назад", en: "Back" },
  moment: { ru: "Момент", en: "Moment" },
  on: { ru: "Вперёд", en: "Forward" },
  now: { ru: "Сейчас", en: "Now" },
  what_if: { ru: "А если бы…", en: "What if…" },
  fork: { ru: "Продолжить отсюда", en: "Go on from here" },
  fork_of: { ru: "с момента {at}", en: "from {at}" },
  as_it_was: { ru: "всё как было", en: "all as it was" },
  details: { ru: "Подробности", en: "Details" },

  entry_client: { ru: "{who}: {text}", en: "{who}: {text}" },
  entry_tapped: { ru: "{who} нажимает «{text}»", en: "{who} taps “{text}”" },
  entry_hook: { ru: "{side} → бот: {what}", en: "{side} → bot: {what}" },
  entry_call: { ru: "Бот → {side}: {operation}", en: "Bot → {side}: {operation}" },
  hook_message: { ru: "сообщение", en: "a message" },
  hook_status: { ru: "статус {about}", en: "status {about}" },
  hook_hint: { ru: "запись изменилась", en: "a record changed" },
  hook_other: { ru: "вебхук", en: "webhook" },
  entry_understood: { ru: "Понято: {event}", en: "Understood: {event}" },
  not_understood: { ru: "Не понято", en: "Not understood" },
  entry_row: { ru: "{from} → {to}", en: "{from} → {to}" },
  row_note: { ru: "{event}, отказов: {refused}", en: "{event}, refused: {refused}" },
  entry_commit: { ru: "Сохранено: {state}", en: "Committed: {state}" },
  entry_mark: { ru: "Отметка о прочтении", en: "Read mark" },
  awaits_answer: { ru: "ждёт ответа…", en: "awaits an answer…" },
  no_answer: { ru: "нет ответа", en: "no answer" },
  entry_message: { ru: "Бот → {to}: {text}", en: "Bot → {to}: {text}" },
  to_master_named: { ru: "{name}, мастер", en: "{name}, master" },
  administrator: { ru: "Администратор", en: "Administrator" },
  to_client: { ru: "клиент", en: "the client" },
  entry_salon_moved: { ru: "Администратор перенёс: {words}", en: "The administrator moved: {words}" },
  entry_salon_master: { ru: "Администратор сменил мастера: {words}", en: "The administrator changed the master: {words}" },
  entry_salon_attendance: { ru: "Администратор отметил: {words}", en: "The administrator marked: {words}" },
  entry_salon_deleted: { ru: "Администратор удалил: {words}", en: "The administrator deleted: {words}" },
  entry_salon_restored: { ru: "Администратор вернул: {words}", en: "The administrator restored: {words}" },
  entry_clock: { ru: "Часы вперёд на {by}", en: "The clock goes on by {by}" },
  entry_fault: { ru: "Сбой {side}: {fault}", en: "Fault of {side}: {fault}" },
  entry_fault_over: { ru: "Сбой {side} снят: {fault}", en: "A fault of {side} has ended: {fault}" },
  entry_faults_over: { ru: "Сбои {side} сняты", en: "Faults of {side} have ended" },
  entry_killed: { ru: "Сервер убит", en: "The server was killed" },
  entry_started: { ru: "Сервер запущен", en: "The server has started" },
  entry_fork: { ru: "Другая ветка с события {from}", en: "Another branch from event {from}" },
  entry_start: { ru: "Салон открылся", en: "The salon opened" },
  took: { ru: "{ms} мс", en: "{ms} ms" },
  words: { ru: "Слова", en: "Words" },
  intent: { ru: "Намерение", en: "Intent" },
  decided: { ru: "Почему", en: "Why" },
  heard: { ru: "За", en: "For" },
  against: { ru: "Против", en: "Against" },
  effects: { ru: "Сделать", en: "To do" },
  facts: { ru: "Факты", en: "Facts" },
  notices: { ru: "Вести салону", en: "Notices to the salon" },
  request: { ru: "Запрос", en: "Request" },
  answer: { ru: "Ответ", en: "Answer" },
  body: { ru: "Тело", en: "Body" },
  buttons: { ru: "Кнопки", en: "Buttons" },
  status: { ru: "Статус", en: "Status" },

  parts: { ru: "Части страницы", en: "Parts of the page" },
  tab_phone: { ru: "Телефон", en: "Phone" },
  tab_salon: { ru: "Салон", en: "Salon" },
  something_new: { ru: ", есть новое", en: ", something new" },
};

export function word(key, values = {}) {
  return (WORDS[key]?.[language] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function lasting(seconds) {
  const parts = [["days", 86400], ["hours", 3600], ["minutes", 60], ["seconds", 1]];
  let left = Math.round(seconds);
  const told = [];
  for (const [key, size] of parts) {
    const n = Math.floor(left / size);
    left -= n * size;
    if (n) told.push(word(key, { n }));
  }
  return told.join(" ") || word("seconds", { n: 0 });
}

// The moment is the salon's wall clock, told as if it were UTC.
export function dateOf(moment) {
  const parts = { weekday: "short", day: "numeric", month: "long", timeZone: "UTC" };
  return new Intl.DateTimeFormat(language === "ru" ? "ru-RU" : "en-GB", parts).format(moment);
}

// Puts the skeleton of page.html into the page's language.
export function translate() {
  if (language === "ru") return;
  for (const place of document.querySelectorAll("[data-words]")) place.textContent = word(place.dataset.words);
  for (const place of document.querySelectorAll("[data-words-label]")) {
    place.setAttribute("aria-label", word(place.dataset.wordsLabel));
  }
  for (const place of document.querySelectorAll("[data-words-placeholder]")) {
    place.placeholder = word(place.dataset.wordsPlaceholder);
  }
}
