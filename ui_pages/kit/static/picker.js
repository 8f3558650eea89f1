/* A box that searches on the server while one types, and keeps one choice (or, with `once`, hands each over and clears). */
export default {
  template: `
<div class="pk" :class="{open, disabled: disable}" ref="root">
  <input ref="box" :value="open ? term : text" :placeholder="placeholder" :aria-label="label" :disabled="disable" role="combobox" :aria-expanded="open" aria-autocomplete="list" autocomplete="off" spellcheck="false"
    @focus="start" @input="typed($event.target.value)" @keydown="key" @blur="leave"/>
  <button v-if="value!=null && value!=='' && !once && !disable" type="button" class="pk-x" :aria-label="clear" @mousedown.prevent="pick(null)"><svg class="i"><use :href="icon('x')"/></svg></button>
  <svg v-else class="i pk-c"><use :href="icon(once ? 'search' : 'chevron-down')"/></svg>
  <div v-if="open" class="pk-list pop" role="listbox">
    <div v-for="(h, n) in hits" :key="n" class="pk-o" role="option" :class="{on: n===at}" :aria-selected="n===at" @mousedown.prevent="pick(h)" @mousemove="at=n">
      <img v-if="h.i" :src="h.i" alt=""/><span class="clip">{{ h.t }}</span><small>{{ h.n }}</small></div>
    <div v-if="!hits.length" class="pk-none">{{ busy ? '…' : none }}</div></div>
</div>`,
  props: { value: null, text: String, placeholder: String, label: String, none: String, clear: String, once: Boolean, disable: Boolean },
  data() { return { open: false, term: "", hits: [], at: 0, seq: 0, busy: false, enter: false }; },
  methods: {
    icon(n) { return window.zg.icon(n); },
    start() { this.open = true; this.term = ""; this.find(""); },
    typed(v) { this.open = true; this.term = v; clearTimeout(this.timer); this.busy = true; this.timer = setTimeout(() => this.find(v), 130); },
    find(term) { clearTimeout(this.timer); this.busy = true; this.$emit("find", { term, seq: ++this.seq }); },
    setHits(seq, hits) { if (seq < this.seq) return; this.hits = hits; this.at = 0; this.busy = false; if (this.enter && hits.length) this.pick(hits[0]); this.enter = false; },
    pick(h) {
      this.$emit("pick", h ? h.k : null);
      this.term = "";
      if (this.once) { this.hits = []; this.find(""); this.$refs.box.focus(); } else { this.open = false; this.$refs.box.blur(); }
    },
    leave() { this.open = false; clearTimeout(this.timer); },
    focus() { this.$refs.box.focus(); },
    key(e) {
      if (e.key === "ArrowDown") { e.preventDefault(); this.open = true; this.at = Math.min(this.hits.length - 1, this.at + 1); }
      else if (e.key === "ArrowUp") { e.preventDefault(); this.at = Math.max(0, this.at - 1); }
      else if (e.key === "Enter" && !e.isComposing) { e.preventDefault(); if (this.busy) { this.enter = true; this.find(this.term); } else if (this.hits[this.at]) this.pick(this.hits[this.at]); }
      else if (e.key === "Escape") { e.stopPropagation(); this.open = false; this.$refs.box.blur(); }
    },
  },
};
