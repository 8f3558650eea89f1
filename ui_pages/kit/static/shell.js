/* Everything of the shell that needs no server: icons, navigation, keys, scanner, leave guard, theme. */
(() => {
  "use strict";
  const sprite = document.currentScript.dataset.icons;
  const zg = (window.zg = { dirty: new Set(), goto: {}, words: {} });

  /* Quasar asks for icons by name: its own few names and all Lucide names come from our sprite. */
  const QUASAR = { arrow_drop_down: "chevron-down", keyboard_arrow_down: "chevron-down", keyboard_arrow_up: "chevron-up",
    chevron_left: "chevron-left", chevron_right: "chevron-right", cancel: "x", close: "x", clear: "x", done: "check",
    error: "circle-alert", warning: "triangle-alert", check: "check", arrow_upward: "arrow-up", more_vert: "ellipsis-vertical",
    cloud_upload: "upload", add_box: "plus", clear_all: "x", done_all: "check-check", first_page: "chevrons-left",
    last_page: "chevrons-right", access_time: "clock", insert_drive_file: "file", delete: "trash-2", edit: "pencil", add: "plus" };
  window.zgIcon = (name) => {
    if (!name || /[:\s]/.test(name)) return undefined;
    return { icon: `svguse:${sprite}#${QUASAR[name] || name}|0 0 24 24` };
  };
  zg.icon = (name) => `${sprite}#${name}`;

  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName));
  const overlay = () => document.querySelector(".q-dialog, .pal");

  /* ── leaving a page with unsaved work ─────────────────────────────────────────────────────────────────── */
  zg.setDirty = (key, on) => (on ? zg.dirty.add(key) : zg.dirty.delete(key));
  const ask = () => new Promise((resolve) => {
    const veil = document.createElement("div");
    veil.className = "pal-veil";
    const box = document.createElement("div");
    box.className = "ask dlg";
    box.setAttribute("role", "alertdialog");
    const line = (cls, text) => { const d = document.createElement("div"); d.className = cls; d.textContent = text; box.append(d); return d; };
    line("dlg-title", zg.words.leaveTitle || "Leave?");
    line("dlg-body", zg.words.leaveBody || "");
    const foot = line("dlg-foot", "");
    const done = (answer) => { veil.remove(); box.remove(); resolve(answer); };
    const add = (cls, text, answer) => { const b = document.createElement("button"); b.className = "btn " + cls; b.textContent = text; b.onclick = () => done(answer); foot.append(b); return b; };
    add("b-secondary", zg.words.leave || "Leave", true);
    const stay = add("b-primary", zg.words.stay || "Stay", false);
    box.onkeydown = (e) => { if (e.key === "Escape") done(false); };
    veil.onclick = () => done(false);
    document.body.append(veil, box);
    stay.focus();
  });
  zg.mayLeave = async () => {
    if (!zg.dirty.size) return true;
    const go = await ask();
    if (go) zg.dirty.clear();
    return go;
  };
  let shown = location.href;
  const push = history.pushState.bind(history);
  history.pushState = (...entry) => { push(...entry); shown = location.href; };
  zg.go = async (path) => {
    document.body.classList.remove("nav-open");
    if (await zg.mayLeave()) emitEvent("sub_pages_navigate", path);
  };
  zg.setUrl = (url) => { history.replaceState({ page: url }, "", url); shown = location.href; };
  document.addEventListener("click", (e) => {
    const a = e.target.closest && e.target.closest("a[href]");
    if (!a || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || a.target === "_blank" || a.hasAttribute("download")) return;
    const href = a.getAttribute("href");
    document.body.classList.remove("nav-open");
    if (href.startsWith("/export/") || href.startsWith("/media/") || href.startsWith("/files/")) { e.stopImmediatePropagation(); return; }
    if (href.startsWith("/") && zg.dirty.size) { e.preventDefault(); e.stopImmediatePropagation(); zg.go(href); }
  }, true);
  window.addEventListener("popstate", (e) => {
    if (!zg.dirty.size) { shown = location.href; return; }
    e.stopImmediatePropagation();
    const wanted = location.pathname + location.search;
    const here = new URL(shown);
    history.pushState({ page: here.pathname + here.search }, "", shown);
    zg.go(wanted);
  }, true);
  window.addEventListener("beforeunload", (e) => { if (zg.dirty.size) { e.preventDefault(); e.returnValue = ""; } });

  /* ── navigation column ────────────────────────────────────────────────────────────────────────────────── */
  zg.toggleNav = () => {
    if (innerWidth <= 900) { document.body.classList.toggle("nav-open"); return; }
    const mini = document.body.classList.toggle("nav-mini");
    localStorage.setItem("zg.nav", mini ? "mini" : "");
  };
  zg.mark = (path) => {
    let best = null;
    document.querySelectorAll(".nav a[href]").forEach((a) => {
      const href = a.getAttribute("href");
      a.classList.remove("on"); a.removeAttribute("aria-current");
      const hit = href === "/" ? path === "/" : path === href || path.startsWith(href + "/") || path.startsWith(href + "?");
      if (hit && (!best || href.length > best.getAttribute("href").length)) best = a;
    });
    if (best) { best.classList.add("on"); best.setAttribute("aria-current", "page"); }
    document.querySelector(".content")?.setAttribute("data-path", path);
  };
  document.addEventListener("click", (e) => {
    const act = e.target.closest && e.target.closest("[data-zg]");
    if (!act) return;
    const what = act.dataset.zg;
    if (what === "nav") zg.toggleNav();
    else if (what === "find") dispatchEvent(new CustomEvent("zg-palette"));
    else if (what === "print") print();
    else if (what === "reload") { zg.dirty.clear(); location.reload(); }
    else if (what === "keys") dispatchEvent(new CustomEvent("zg-keys"));
    else if (what === "copy") navigator.clipboard?.writeText(act.dataset.text || "");
  });

  /* ── theme ────────────────────────────────────────────────────────────────────────────────────────────── */
  zg.theme = (theme) => {
    const root = document.documentElement.classList;
    root.remove("dark", "light", "auto");
    root.add(theme === "system" ? "auto" : theme);
    window.setDark?.(theme === "system" ? null : theme === "dark");
  };

  /* ── keys and scanner ─────────────────────────────────────────────────────────────────────────────────── */
  let lead = 0, burst = "", last = 0;
  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "k") { e.preventDefault(); dispatchEvent(new CustomEvent("zg-palette")); return; }
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === "s") {
      const save = [...document.querySelectorAll("[data-save]")].filter((b) => b.offsetParent && !b.classList.contains("disabled")).pop();
      e.preventDefault();
      if (save) { document.activeElement?.blur?.(); setTimeout(() => save.click(), 60); }
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "Escape") document.body.classList.remove("nav-open");
    if (typing(e.target)) return;
    /* A scanner types a whole code within a few milliseconds a character and ends with Enter. */
    const now = performance.now();
    if (now - last > 45) burst = "";
    last = now;
    if (e.key === "Enter" && burst.length >= 6) {
      e.preventDefault(); e.stopImmediatePropagation();
      const code = burst; burst = "";
      dispatchEvent(new CustomEvent("zg-scan", { detail: code, cancelable: true })) &&
        dispatchEvent(new CustomEvent("zg-palette", { detail: { term: code, open: true } }));
      return;
    }
    if (e.key.length === 1 && /[\w\-./]/.test(e.key)) burst += e.key; else if (e.key !== "Shift") burst = "";
    if (overlay() || burst.length > 2) return;
    if (e.key === "?") { e.preventDefault(); dispatchEvent(new CustomEvent("zg-keys")); return; }
    if (e.key === "g") { lead = now; return; }
    if (lead && now - lead < 1200 && zg.goto[e.key]) { e.preventDefault(); e.stopImmediatePropagation(); lead = 0; zg.go(zg.goto[e.key]); return; }
    lead = 0;
    if (e.key === "e") document.querySelector("[data-edit]")?.click();
  }, true);

  addEventListener("DOMContentLoaded", () => { if (localStorage.getItem("zg.nav") === "mini") document.body.classList.add("nav-mini"); });
})();
