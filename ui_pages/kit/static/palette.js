/* Command palette and keyboard map: pages and actions are filtered here, records are searched by the server. */
export default {
  template: `
  <div>
    <template v-if="shown">
      <div class="pal-veil" @click="hide"></div>
      <div class="pal" role="dialog" aria-modal="true" :aria-label="words.title" @keydown.stop="onKey">
        <div class="pal-in"><svg class="i"><use :href="icon('search')"/></svg>
          <input ref="box" v-model="term" :placeholder="words.hint" :aria-label="words.title" autocomplete="off" spellcheck="false"
            role="combobox" aria-expanded="true" aria-controls="pal-list"/><kbd>esc</kbd></div>
        <div class="pal-list" id="pal-list" role="listbox" ref="list">
          <template v-for="(it, n) in items" :key="it.key">
            <div v-if="it.head" class="pal-g">{{ it.head }}</div>
            <div class="pal-i" :class="{on: n===at}" role="option" :aria-selected="n===at" @mousemove="at=n" @click="open(it)">
              <svg class="i"><use :href="icon(it.icon || 'arrow-right')"/></svg><span class="clip">{{ it.title }}</span><small>{{ it.note }}</small></div>
          </template>
          <div v-if="!items.length" class="pal-none">{{ busy ? words.busy : words.none }}</div>
        </div>
        <div class="pal-foot"><span><kbd>↑</kbd> <kbd>↓</kbd> {{ words.move }}</span><span><kbd>Enter</kbd> {{ words.open }}</span><span v-if="busy" class="push">{{ words.busy }}</span></div>
      </div>
    </template>
    <template v-if="keys">
      <div class="pal-veil" @click="keys=false"></div>
      <div class="pal" role="dialog" aria-modal="true" tabindex="-1" ref="map" @keydown.esc="keys=false" style="padding:18px 20px;overflow:auto">
        <div class="h1" style="margin-bottom:10px">{{ words.keys }}</div>
        <div class="keys"><div v-for="k in keymap" :key="k[1]"><span>{{ k[1] }}</span><span><kbd v-for="c in k[0].split(' ')" :key="c" style="margin-left:4px">{{ c }}</kbd></span></div></div>
      </div>
    </template>
  </div>`,
  props: { entries: Array, words: Object, keymap: Array, goto: Object, texts: Object },
  data() { return { shown: false, keys: false, term: "", at: 0, hits: [], busy: false, seq: 0, jump: false, back: null }; },
  computed: {
    items() {
      const t = this.term.trim().toLowerCase();
      const found = this.entries.filter((e) => !t || (e.title + " " + e.words).toLowerCase().includes(t)).slice(0, t ? 8 : 40);
      const out = [];
      let head = null;
      const add = (list, group) => list.forEach((e) => { const g = group(e); out.push({ ...e, head: g !== head ? g : null, key: out.length + e.href }); head = g; });
      if (t) add(this.hits, (e) => e.group);
      add(found, (e) => e.group);
      return out;
    },
  },
  watch: {
    term(value) {
      this.at = 0;
      clearTimeout(this.timer);
      this.hits = [];
      const term = value.trim();
      if (!term) { this.busy = false; return; }
      this.busy = true;
      this.timer = setTimeout(() => this.$emit("find", { term, seq: ++this.seq }), 140);
    },
  },
  mounted() {
    Object.assign(window.zg.goto, this.goto);
    Object.assign(window.zg.words, this.texts);
    this.onOpen = (e) => this.openWith(e.detail || {});
    this.onMap = () => { this.keys = true; this.$nextTick(() => this.$refs.map?.focus()); };
    addEventListener("zg-palette", this.onOpen);
    addEventListener("zg-keys", this.onMap);
  },
  unmounted() { removeEventListener("zg-palette", this.onOpen); removeEventListener("zg-keys", this.onMap); },
  methods: {
    icon(name) { return window.zg.icon(name); },
    openWith({ term = "", open = false }) {
      this.back = document.activeElement;
      this.shown = true; this.keys = false; this.hits = []; this.jump = open; this.at = 0;
      this.term = "";
      this.$nextTick(() => { this.term = term; this.$refs.box?.focus(); });
    },
    hide() { this.shown = false; this.term = ""; this.back?.focus?.(); },
    setHits(seq, hits) {
      if (seq < this.seq) return;
      this.hits = hits; this.busy = false; this.at = 0;
      if (this.jump && hits.length === 1) this.open(hits[0]);
      this.jump = false;
    },
    open(item) { this.hide(); if (item.js) { new Function(item.js)(); return; } window.zg.go(item.href); },
    onKey(e) {
      const n = this.items.length;
      if (e.key === "Escape") this.hide();
      else if (e.key === "ArrowDown" || (e.ctrlKey && e.key === "n")) { e.preventDefault(); this.at = n ? (this.at + 1) % n : 0; this.scroll(); }
      else if (e.key === "ArrowUp" || (e.ctrlKey && e.key === "p")) { e.preventDefault(); this.at = n ? (this.at + n - 1) % n : 0; this.scroll(); }
      else if (e.key === "Tab") e.preventDefault();
      else if (e.key === "Enter" && n && !e.isComposing) { e.preventDefault(); this.open(this.items[this.at]); }
    },
    scroll() { this.$nextTick(() => this.$refs.list?.querySelector(".pal-i.on")?.scrollIntoView({ block: "nearest" })); },
  },
};
