// What the page does by itself: it moves the reader and marks in it what is cited, switches languages, copies.
// Text from documents and users is only ever set as text or as the value of the question box, never as HTML.
() => {
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const remembered = (key) => { try { return localStorage.getItem(`wenzheng-${key}`); } catch { return null; } };
  const remember = (key, value) => { try { localStorage.setItem(`wenzheng-${key}`, value); } catch { /* private */ } };
  const narrow = matchMedia("(max-width: 720px)");
  const phrases = JSON.parse($("#wz-words").dataset.words);
  const words = () => phrases[root.dataset.ui];
  const tell = (text) => { $("#wz-status").textContent = text; };

  // The language of the page, the English edition, and on a narrow page the one pane that is seen.

  const speak = (language) => {
    root.dataset.ui = root.lang = language;
    const box = $("#question textarea");
    box.placeholder = words().placeholder;
    box.setAttribute("aria-label", words().question);
    $("#question .submit-button").textContent = words().ask;
    $("#fresh").textContent = words().fresh;
    for (const it of all("[data-language]")) it.setAttribute("aria-pressed", it.dataset.language === language);
    translate((remembered("english") ?? (language === "en" ? "on" : "off")) === "on");
  };
  const translate = (on) => {
    root.dataset.english = on ? "on" : "off";
    for (const it of all('[data-do="english"]')) it.setAttribute("aria-pressed", on);
  };
  const view = (name) => {
    root.dataset.view = name;
    for (const it of all("[data-view]", $("#masthead"))) it.setAttribute("aria-pressed", it.dataset.view === name);
  };

  // The reader. A place is what a link names, "hohhot-2021/p31.2"; offsets count code points, as citations do.

  let wanted = null;
  const rangeIn = (sentence, start, end) => {
    const range = document.createRange(), walker = document.createTreeWalker(sentence, NodeFilter.SHOW_TEXT);
    let at = Number(sentence.dataset.start);
    for (let node; (node = walker.nextNode()); ) {
      const points = [...node.data], units = (count) => points.slice(0, count).join("").length;
      if (at <= start && start < at + points.length) range.setStart(node, units(start - at));
      if (at < end && end <= at + points.length) range.setEnd(node, units(end - at));
      at += points.length;
    }
    return range;
  };
  const mark = (name, range) => {
    if (!globalThis.Highlight) return;
    if (range) CSS.highlights.set(name, new Highlight(range)); else CSS.highlights.delete(name);
  };
  const clear = () => {
    mark("wz-cited");
    mark("wz-short");
    all(".wz-here, .wz-cited", $("#reader")).forEach((it) => it.classList.remove("wz-here", "wz-cited"));
    all("[aria-current]", $("#reader")).forEach((it) => it.removeAttribute("aria-current"));
  };
  const show = (target) => {
    const reader = $("#reader"), text = $(".wz-reader", reader);
    if (!text) return;
    if (text.dataset.report !== target.report) {
      wanted = target;
      offer.remove();
      reader.dataset.wanted = target.report;
      text.dispatchEvent(new CustomEvent("open-report", { bubbles: true }));
      return;
    }
    wanted = null;
    const place = target.place && $(`[data-place="${CSS.escape(target.place)}"]`, text);
    clear();
    if (!place) return void ($(".wz-scroll", text).scrollTop = 0);
    const block = place.closest(".wz-block");
    block.classList.add("wz-here");
    let seen = place;
    if (target.end) {
      const cited = (it) => Number(it.dataset.start) < target.end && target.start < Number(it.dataset.end);
      place.setAttribute("aria-current", "true");
      place.classList.toggle("wz-cited", !globalThis.Highlight);
      mark("wz-cited", (seen = rangeIn(place, target.start, target.end)));
      if (target.last) mark("wz-short", rangeIn(place, target.first, target.last));
      all(`[data-of="${CSS.escape(target.place)}"]`, block).filter(cited).forEach((it) => it.classList.add("wz-cited"));
    }
    const scroller = $(".wz-scroll", text), frame = scroller.getBoundingClientRect();
    scroller.scrollTop += seen.getBoundingClientRect().top - frame.top - frame.height / 4;
  };
  const read = (hash) => {
    const [report, place] = decodeURIComponent(hash.slice(1)).split("/");
    return report && { report, place };
  };
  const cited = (link) => {
    const { start, end, first, last } = link.dataset;
    return { ...read(link.hash), start: +start, end: +end, first: +first, last: +last };
  };
  const go = (link) => {
    if (narrow.matches) view("report");
    $(".wz-outline")?.removeAttribute("open");
    history.pushState(null, "", link.hash);
    show(link.matches(".wz-cite") ? cited(link) : read(link.hash));
    if (link.matches(".wz-cite")) tell($("#reader [aria-current]")?.textContent ?? "");
  };

  // "Ask about this": a button beside the sentence, which only fills the question box.

  const offer = document.createElement("button");
  offer.type = "button";
  offer.className = "wz-offer";
  offer.dataset.do = "about";
  const propose = (sentence) => {
    offer.textContent = words().offer;
    offer.lang = root.dataset.ui;
    sentence.after(offer);
    sentence.focus({ preventScroll: true });
  };
  const excerpt = (sentence) => {
    const chosen = getSelection().toString().trim();
    if (chosen && $("#reader").contains(getSelection().anchorNode)) return chosen.slice(0, 200);
    const english = all(`[data-of="${CSS.escape(sentence.dataset.place)}"]`, $("#reader"));
    const inEnglish = root.dataset.ui === "en" && english.length;
    const text = inEnglish ? english[0].textContent : sentence.textContent;
    const clause = text.split(inEnglish ? /[,;:.] / : /[,，;；:：。!！?？]/).find((it) => it.trim().length > 3) ?? text;
    return [...clause.replace(/^[\s—]+|[\s.。]+$/g, "")].slice(0, inEnglish ? 120 : 40).join("");
  };
  const fill = (text) => {
    const box = $("#question textarea");
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
    return box;
  };
  const ask = (text) => {
    fill(text);
    setTimeout(() => $("#question .submit-button").click());
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch { /* not a secure page: the old way */ }
    const box = Object.assign(document.createElement("textarea"), { value: text, className: "wz-sr" });
    document.body.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  };
  const copied = async (button, text) => {
    const done = await copy(text);
    tell(done ? words().copied : words().uncopied);
    button.classList.toggle("wz-done", done);
    setTimeout(() => button.classList.remove("wz-done"), 1500);
  };

  // What leaves the conversation: the server puts it into the outbox, as a file to save or as what came of a judgement.

  const send = (name, text) => {
    const box = $("#outbox");
    box.dataset.wanted = text;
    $("i, p", box).dispatchEvent(new CustomEvent(name, { bubbles: true }));
  };
  const save = ({ file, type, base64 }) => {
    const bytes = Uint8Array.from(atob(base64), (it) => it.charCodeAt(0));
    const href = URL.createObjectURL(new Blob([bytes], { type }));
    Object.assign(document.createElement("a"), { href, download: file }).click();
    setTimeout(() => URL.revokeObjectURL(href), 60_000);
    tell(words().saved);
  };
  const judge = (button) => {
    const form = button.closest(".wz-judge"), verdict = $("input:checked", form)?.value, outcome = $(".wz-outcome", form);
    outcome.textContent = verdict ? "" : words().unjudged;
    if (!verdict) return void tell(words().unjudged);
    send("judge", JSON.stringify({ turn: button.dataset.turn, verdict, note: $("textarea", form).value }));
  };
  let stamp = "";
  const came = () => {  // Gradio writes the same element several times
    const file = $("#outbox [data-file]"), told = $("#outbox [data-told]"), now = $("#outbox [data-stamp]")?.dataset.stamp;
    if (!now || now === stamp) return;
    stamp = now;
    if (file) save(file.dataset);
    if (!told) return;
    const outcome = $(`.wz-turn[data-turn="${told.dataset.told}"] .wz-outcome`);
    outcome?.replaceChildren(...told.cloneNode(true).childNodes);
    tell(outcome?.innerText ?? "");
  };

  const actions = {
    view: (it) => view(it.dataset.view),
    language: (it) => { remember("language", it.dataset.language); speak(it.dataset.language); },
    english: () => { const on = root.dataset.english !== "on"; remember("english", on ? "on" : "off"); translate(on); },
    ask: (it) => ask(it.textContent),
    about: (it) => {
      const about = words().about.replace("{}", () => excerpt(it.previousElementSibling));
      it.remove();
      if (narrow.matches) view("conversation");
      fill(about);
    },
    export: (it) => send("export", it.dataset.form),
    judge,
    copy: (it) => copied(it, it.dataset.text),
    link: (it) => copied(it, it.href),
    other: (it) => {
      const on = it.getAttribute("aria-pressed") !== "true";
      it.setAttribute("aria-pressed", on);
      for (const other of all(".wz-other", it.closest(".wz-turn"))) other.hidden = !on;
    },
  };

  document.addEventListener("click", (event) => {
    const { target } = event;
    const place = target.closest('#conversation a[href^="#"], #reader a[href^="#"]');
    const button = target.closest("[data-do]");
    const sentence = target.closest("#reader .wz-s");
    if (place) { event.preventDefault(); go(place); }
    else if (button) { if (button.href) event.preventDefault(); actions[button.dataset.do](button); }
    else if (sentence) propose(sentence);
    else if (!target.closest(".wz-outline")) $(".wz-outline")?.removeAttribute("open");
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest(".wz-chooser")) show({ report: event.target.value });
  });

  // Keys: "/" goes to the question; in the reader Enter and the arrows go from sentence to sentence, Escape leaves.

  const nearest = (scroller) => {
    const top = scroller.getBoundingClientRect().top;
    const seen = all(".wz-s", scroller);
    return $("[aria-current]", scroller) ?? seen.find((it) => it.getBoundingClientRect().top >= top) ?? seen[0];
  };
  const step = (from, by) => {
    const sentences = all("#reader .wz-s"), to = sentences[sentences.indexOf(from) + by];
    if (!to) return;
    to.focus();
    history.replaceState(null, "", `#${$(".wz-reader").dataset.report}/${to.dataset.place}`);
  };
  document.addEventListener("keydown", (event) => {
    const { key, target } = event, typing = target.closest("input, textarea, select");
    const sentence = target.closest("#reader .wz-s"), scroller = target.matches(".wz-scroll") && target;
    const keys = {
      "/": !typing && (() => $("#question textarea").focus()),
      Enter: sentence ? () => { propose(sentence); offer.focus(); } : scroller && (() => nearest(scroller)?.focus()),
      ArrowDown: sentence && (() => step(sentence, 1)),
      ArrowUp: sentence && (() => step(sentence, -1)),
      Escape: target.closest("#reader") && (() => { offer.remove(); $("#question textarea").focus(); }),
    };
    if (!keys[key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[key]();
  });

  // What the server sends: a new turn is scrolled to, told to screen readers, and opened in the reader.

  let last = "", arrived = true;
  addEventListener("input", () => { arrived = false; }, { capture: true, once: true });
  const turned = () => {
    const linked = arrived && new URLSearchParams(location.search).get("q"), turns = all("#conversation .wz-turn");
    const turn = turns.find((it) => linked && it.dataset.question === linked) ?? turns.at(-1);
    const answer = turn && $(".wz-answer, .wz-refusal, .wz-fault, .wz-reply", turn);
    const now = turn ? `${turns.length} ${turn.dataset.question} ${answer?.textContent}` : "";
    if (now === last) return;
    last = now;
    if (!turn) return;
    const pane = $("#conversation"), first = $(".wz-cite", turn);
    pane.scrollTop += turn.getBoundingClientRect().top - pane.getBoundingClientRect().top - 8;
    tell(answer ? answer.innerText : "");
    if (arrived && read(location.hash)) return;
    if (first) show(cited(first)); else clear();
  };
  const watch = (selector, then) =>
    new MutationObserver(then).observe($(selector), { childList: true, subtree: true, characterData: true });
  watch("#conversation", turned);
  watch("#outbox", came);
  new MutationObserver(() => {
    if (wanted && $(".wz-reader")?.dataset.report === wanted.report) { translate(root.dataset.english === "on"); show(wanted); }
  }).observe($("#reader"), { childList: true, subtree: true, attributes: true, attributeFilter: ["data-report"] });

  view("conversation");
  speak(remembered("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
  const open = () => {
    const target = read(location.hash);
    if (narrow.matches) view(target ? "report" : "conversation");
    if (target) show(target);
  };
  addEventListener("popstate", open);
  open();
  turned();
}
