/* A list over a server-side query. Rows, selection, columns and density live here: selecting costs the server nothing. */
export default {
  template: `
<section class="dt card" :class="{busy}" ref="root" :aria-label="words.list">
  <div class="dt-bar" v-if="bar">
    <div class="dt-views" role="tablist" v-if="views.length">
      <button v-for="v in views" :key="v.key" role="tab" :aria-selected="v.key===q.view" :class="{on: v.key===q.view}" @click="setView(v.key)">{{ v.label }}<span class="c" v-if="counts[v.key]!=null">{{ counts[v.key] }}</span></button>
    </div>
    <div class="dt-tools">
      <button v-if="fresh" class="dt-new" @click="reload()">{{ fresh }} {{ words.fresh }}</button>
      <label class="dt-search" v-if="searchable"><svg class="i"><use :href="icon('search')"/></svg>
        <input ref="search" type="search" :value="q.search" :placeholder="words.search" :aria-label="words.search" @input="typed($event.target.value)" @keydown.esc="$event.target.blur()" @keydown.enter="flush"/><kbd>/</kbd></label>
      <button v-if="facets.length" class="btn b-secondary dt-b" :class="{lit: active.length}" :aria-label="words.filter"><svg class="i"><use :href="icon('list-filter')"/></svg><span class="hide-phone">{{ words.filter }}</span>
        <q-menu anchor="bottom right" self="top right" max-height="70vh"><div class="dt-facets">
          <fieldset v-for="f in facets" :key="f.name"><legend>{{ f.label }}</legend>
            <template v-if="f.kind==='choice'">
              <label v-for="o in shownOptions(f)" :key="o[0]" class="dt-opt"><input type="checkbox" :checked="has(f.name,o[0])" @change="toggle(f.name,o[0])"/><span class="clip">{{ o[1] }}</span><span class="c">{{ o[2] }}</span></label>
              <div v-if="!options(f).length" class="sub small">{{ words.nothing }}</div>
              <button v-if="options(f).length>8" class="dt-more" @click="wide[f.name]=!wide[f.name]">{{ wide[f.name] ? words.less : words.more }}</button>
            </template>
            <div v-else class="dt-range"><input :type="f.kind==='date'?'date':'number'" step="any" :value="bound(f.name,0)" @change="setBound(f.name,0,$event.target.value)" :aria-label="f.label+' ≥'"/><span>–</span>
              <input :type="f.kind==='date'?'date':'number'" step="any" :value="bound(f.name,1)" @change="setBound(f.name,1,$event.target.value)" :aria-label="f.label+' ≤'"/></div>
          </fieldset></div></q-menu></button>
      <button class="btn b-secondary dt-b b-icon" :title="words.columns" :aria-label="words.columns"><svg class="i"><use :href="icon('columns-3')"/></svg>
        <q-menu anchor="bottom right" self="top right"><div class="dt-pick">
          <div class="dt-h">{{ words.columns }}</div>
          <label v-for="c in columns" :key="c.name" class="dt-opt"><input type="checkbox" :checked="!off.includes(c.name)" @change="toggleColumn(c.name)"/><span>{{ c.label || c.name }}</span></label>
          <div class="dt-h">{{ words.density }}</div>
          <label class="dt-opt"><input type="checkbox" :checked="compact" @change="setCompact(!compact)"/><span>{{ words.compact }}</span></label>
        </div></q-menu></button>
      <button class="btn b-secondary dt-b b-icon" :title="words.menu" :aria-label="words.menu"><svg class="i"><use :href="icon('ellipsis')"/></svg>
        <q-menu anchor="bottom right" self="top right"><div class="menu" style="min-width:250px">
          <template v-if="exportUrl"><a v-close-popup :href="exportHref('csv')" download><svg class="i"><use :href="icon('file-text')"/></svg>{{ words.csv }}</a>
          <a v-close-popup :href="exportHref('xlsx')" download><svg class="i"><use :href="icon('file-spreadsheet')"/></svg>{{ words.xlsx }}</a><hr/></template>
          <div class="dt-h">{{ words.saved }}</div>
          <div v-for="s in saved" :key="s.id" class="dt-saved"><button v-close-popup @click="useSaved(s)"><svg class="i"><use :href="icon(s.shared ? 'users' : 'bookmark')"/></svg><span class="clip">{{ s.name }}</span></button>
            <button v-if="s.mine" class="x" :aria-label="words.drop+' '+s.name" @click="$emit('dropview', s.id)"><svg class="i"><use :href="icon('x')"/></svg></button></div>
          <form class="dt-save" @submit.prevent="saveView"><input v-model="newName" maxlength="60" :placeholder="words.savename" :aria-label="words.savename"/><button class="btn b-secondary" :disabled="!newName.trim()">{{ words.save }}</button></form>
          <label class="dt-opt"><input type="checkbox" v-model="newShared"/><span>{{ words.share }}</span></label>
          <hr/><button v-close-popup @click="copyLink"><svg class="i"><use :href="icon('link')"/></svg>{{ words.link }}</button>
          <button v-close-popup @click="reload()"><svg class="i"><use :href="icon('refresh-cw')"/></svg>{{ words.reload }}</button>
        </div></q-menu></button>
    </div>
  </div>
  <div class="dt-chips" v-if="bar && active.length"><span v-for="a in active" :key="a.key" class="dt-chip">{{ a.label }}: <b>{{ a.text }}</b><button :aria-label="words.drop" @click="a.clear()"><svg class="i"><use :href="icon('x')"/></svg></button></span>
    <button class="dt-more" @click="clearFilters">{{ words.clear }}</button></div>
  <div class="dt-bulk" v-if="picked.size || all" role="toolbar"><b>{{ all ? words.allpicked.replace('{n}', totalText) : words.picked.replace('{n}', picked.size) }}</b>
    <button v-if="!all && pageAll && total>rows.length" class="dt-more" @click="all=true">{{ words.pickall.replace('{n}', totalText) }}</button>
    <button v-for="b in bulk" :key="b.key" class="btn" :class="b.danger ? 'b-danger' : 'b-secondary'" :disabled="!!b.why" :title="b.why" @click="runBulk(b)"><svg class="i" v-if="b.icon"><use :href="icon(b.icon)"/></svg>{{ b.label }}</button>
    <button class="dt-more" @click="unpick">{{ words.unpick }}</button></div>
  <div class="dt-wrap" v-if="rows.length || busy">
    <table class="dt-t" :class="{cards: true}"><thead><tr>
      <th v-if="selectable" class="s"><input type="checkbox" :checked="pageAll || all" :indeterminate.prop="!pageAll && picked.size>0" @change="pickPage" :aria-label="words.pickpage"/></th>
      <th v-for="c in shown" :key="c.name" :class="['k-'+c.kind, {r: c.right}]" :aria-sort="sortOf(c)" scope="col"><button v-if="c.sortable" @click="sortBy(c)">{{ c.label }}<svg class="i" v-if="q.sort.replace('-','')===c.name"><use :href="icon(q.sort[0]==='-' ? 'arrow-down' : 'arrow-up')"/></svg></button><span v-else>{{ c.label }}</span></th>
    </tr></thead><tbody>
      <tr v-for="(row, n) in rows" :key="row.id" :class="{on: n===at, sel: all || picked.has(row.id), flash: row.flash, go: row.href || opens}" @click="clicked($event, row, n)">
        <td v-if="selectable" class="s" @click.stop><input type="checkbox" :checked="all || picked.has(row.id)" @click="pick($event, row, n)" :aria-label="words.pickrow"/></td>
        <td v-for="c in shown" :key="c.name" :class="['k-'+c.kind, {r: c.right, first: c===shown[0]}]" :data-label="c.label">
          <template v-if="row.c[c.i]==null || row.c[c.i]===''"><span class="t-mute">—</span></template>
          <button v-else-if="c.kind==='link' && !row.href && opens" type="button" class="no" @click.stop="openRow(row)">{{ row.c[c.i] }}</button>
          <a v-else-if="c.kind==='link' && row.href" :href="row.href" class="no" @click.stop.prevent="openRow(row)">{{ row.c[c.i] }}</a>
          <span v-else-if="c.kind==='chip'" class="chip" :class="row.c[c.i][1]">{{ row.c[c.i][0] }}</span>
          <span v-else-if="c.kind==='instant'" class="num sub" :title="exact(row.c[c.i])">{{ ago(row.c[c.i]) }}</span>
          <img v-else-if="c.kind==='thumb'" :src="row.c[c.i]" alt="" loading="lazy" width="30" height="30"/>
          <template v-else-if="c.kind==='tags'"><span v-for="t in row.c[c.i]" :key="t" class="tag">{{ t }}</span></template>
          <svg v-else-if="c.kind==='bool'" class="i" :class="row.c[c.i] ? 't-ok' : 't-mute'" role="img" :aria-label="row.c[c.i] ? words.yes : words.no"><use :href="icon(row.c[c.i] ? 'check' : 'minus')"/></svg>
          <span v-else>{{ row.c[c.i] }}</span>
        </td></tr>
    </tbody></table>
  </div>
  <div v-else class="empty"><svg class="i"><use :href="icon(narrowed ? 'search' : 'inbox')"/></svg><b>{{ narrowed ? words.nomatch : empty.title }}</b><p>{{ narrowed ? words.nomatchhint : empty.hint }}</p>
    <button v-if="narrowed" class="btn b-secondary" @click="clearAll">{{ words.clear }}</button><a v-else-if="empty.href" class="btn b-primary" :href="empty.href">{{ empty.action }}</a></div>
  <div class="dt-foot" v-if="bar && (rows.length || q.cursor)"><label class="hide-phone">{{ words.rows }} <select :value="q.size" @change="setSize(+$event.target.value)"><option v-for="s in sizes" :key="s">{{ s }}</option></select></label>
    <span class="num">{{ range }}</span>
    <button class="hb" :disabled="!prev" @click="page(prev)" :title="words.prev" :aria-label="words.prev"><svg class="i"><use :href="icon('chevron-left')"/></svg></button>
    <button class="hb" :disabled="!next" @click="page(next)" :title="words.next" :aria-label="words.next"><svg class="i"><use :href="icon('chevron-right')"/></svg></button></div>
</section>`,
  props: { listing: String, columns: Array, views: Array, facets: Array, bulk: Array, words: Object, empty: Object, initial: Object,
    selectable: Boolean, searchable: Boolean, exportUrl: String, savedViews: Array, locale: String, zone: String, hotkeys: Boolean, bar: Boolean, opens: Boolean },
  data() {
    const off = JSON.parse(localStorage.getItem("zg.cols." + this.listing) || "null");
    return { rows: [], total: 0, exactTotal: true, next: "", prev: "", counts: {}, choices: {}, q: {}, picked: new Set(), all: false, at: -1, busy: false,
      seq: 0, fresh: 0, off: off || this.columns.filter((c) => c.hidden).map((c) => c.name), compact: localStorage.getItem("zg.compact") === "1",
      wide: {}, newName: "", newShared: false, saved: this.savedViews, anchor: -1, offset: 0, sizes: [25, 50, 100], clock: Date.now(), url: "" };
  },
  created() { this.take(this.initial); },
  mounted() {
    document.body.classList.toggle("compact", this.compact);
    this.onKey = this.key.bind(this);
    if (this.hotkeys) document.addEventListener("keydown", this.onKey);
    this.tick = setInterval(() => (this.clock = Date.now()), 30000);
  },
  unmounted() { document.removeEventListener("keydown", this.onKey); clearInterval(this.tick); clearTimeout(this.timer); },
  computed: {
    shown() { return this.columns.map((c, i) => ({ ...c, i })).filter((c) => !this.off.includes(c.name)); },
    pageAll() { return this.rows.length > 0 && this.rows.every((r) => this.picked.has(r.id)); },
    totalText() { return this.num(this.total) + (this.exactTotal ? "" : "+"); },
    narrowed() { return !!(this.q.search || Object.keys(this.q.filters).length || Object.keys(this.q.ranges).length || (this.views.length && this.q.view !== this.views[0].key)); },
    range() {
      const a = this.offset;
      const of = this.words.of.replace("{n}", this.totalText);
      return a == null ? of : `${this.num(a + 1)}–${this.num(a + this.rows.length)} ${of}`;
    },
    active() {
      const out = [];
      for (const f of this.facets) {
        const vals = this.q.filters[f.name] || [];
        if (vals.length) out.push({ key: f.name, label: f.label, text: vals.map((v) => (this.options(f).find((o) => o[0] === v) || [v, v])[1]).join(", "), clear: () => this.setFilter(f.name, []) });
        const r = this.q.ranges[f.name];
        if (r && (r[0] || r[1])) out.push({ key: f.name + "~", label: f.label, text: `${r[0] || "…"} – ${r[1] || "…"}`, clear: () => { delete this.q.ranges[f.name]; this.fetch({ cursor: "" }); } });
      }
      return out;
    },
  },
  methods: {
    icon(name) { return window.zg.icon(name); },
    num(n) { return new Intl.NumberFormat(this.locale).format(n); },
    take(p) {
      this.rows = p.rows; this.total = p.total; this.exactTotal = p.exact; this.next = p.next; this.prev = p.prev;
      if (p.views) this.counts = p.views;
      if (p.facets) this.choices = p.facets;
      this.q = { ...p.query, filters: { ...p.query.filters }, ranges: { ...p.query.ranges } };
      this.offset = p.offset; this.url = p.url; this.busy = false; this.fresh = 0;
      if (this.at >= this.rows.length) this.at = this.rows.length - 1;
    },
    setPage(p) {
      if (p.seq != null && p.seq < this.seq) return;
      this.take(p);
      if (this.hotkeys) window.zg.setUrl(p.url);
      this.$nextTick(() => { const w = this.$refs.root?.querySelector(".dt-wrap"); if (w) w.scrollTop = 0; });
    },
    setSaved(list) { this.saved = list; this.newName = ""; },
    failed() { this.busy = false; },
    patch(rows, fresh) {
      const m = new Map(rows.map((r) => [r.id, r]));
      this.rows = this.rows.map((r) => (m.has(r.id) ? { ...m.get(r.id), flash: true } : r));
      if (fresh && !this.rows.length) return this.reload();
      this.fresh += fresh;
      clearTimeout(this.calm);
      this.calm = setTimeout(() => { this.rows = this.rows.map((r) => (r.flash ? { ...r, flash: false } : r)); }, 1600);
    },
    counted(views) { this.counts = { ...this.counts, ...views }; },
    fetch(change = {}) {
      Object.assign(this.q, change);
      this.busy = true;
      if (change.cursor === "") { this.unpick(); this.at = -1; }
      this.$emit("fetch", { ...JSON.parse(JSON.stringify(this.q)), offset: change.offset ?? 0, seq: ++this.seq });
    },
    reload() { this.fetch({ cursor: "" }); },
    typed(value) { this.q.search = value; clearTimeout(this.timer); this.timer = setTimeout(() => this.fetch({ search: value.trim(), cursor: "" }), 220); },
    flush(e) { clearTimeout(this.timer); this.fetch({ search: e.target.value.trim(), cursor: "" }); e.target.blur(); this.at = 0; },
    setView(key) { this.fetch({ view: key, cursor: "" }); },
    setSize(size) { this.fetch({ size, cursor: "" }); },
    page(cursor) { this.fetch({ cursor, offset: cursor === this.next ? (this.offset ?? 0) + this.rows.length : Math.max(0, (this.offset ?? 0) - this.q.size) }); this.at = 0; },
    sortBy(c) { const now = this.q.sort; this.fetch({ sort: now === c.name ? "-" + c.name : now === "-" + c.name ? c.name : (c.right || /instant|date/.test(c.kind) ? "-" : "") + c.name, cursor: "" }); },
    sortOf(c) { return this.q.sort === c.name ? "ascending" : this.q.sort === "-" + c.name ? "descending" : undefined; },
    options(f) { return this.choices[f.name] || []; },
    shownOptions(f) { const o = this.options(f); return this.wide[f.name] ? o : o.slice(0, 8); },
    has(name, value) { return (this.q.filters[name] || []).includes(value); },
    toggle(name, value) { const v = this.q.filters[name] || []; this.setFilter(name, v.includes(value) ? v.filter((x) => x !== value) : [...v, value]); },
    setFilter(name, values) { if (values.length) this.q.filters[name] = values; else delete this.q.filters[name]; this.fetch({ cursor: "" }); },
    bound(name, end) { return (this.q.ranges[name] || ["", ""])[end] || ""; },
    setBound(name, end, value) { const r = [...(this.q.ranges[name] || ["", ""])]; r[end] = value; if (r[0] || r[1]) this.q.ranges[name] = r; else delete this.q.ranges[name]; this.fetch({ cursor: "" }); },
    clearFilters() { this.fetch({ filters: {}, ranges: {}, cursor: "" }); },
    clearAll() { this.fetch({ filters: {}, ranges: {}, search: "", view: this.views.length ? this.views[0].key : "", cursor: "" }); },
    toggleColumn(name) {
      this.off = this.off.includes(name) ? this.off.filter((n) => n !== name) : [...this.off, name];
      localStorage.setItem("zg.cols." + this.listing, JSON.stringify(this.off));
    },
    setCompact(on) { this.compact = on; localStorage.setItem("zg.compact", on ? "1" : ""); document.body.classList.toggle("compact", on); },
    pick(e, row, n) {
      if (this.all) { this.all = false; this.rows.forEach((r) => this.picked.add(r.id)); }
      const on = !this.picked.has(row.id);
      const span = e.shiftKey && this.anchor >= 0 ? this.rows.slice(Math.min(n, this.anchor), Math.max(n, this.anchor) + 1) : [row];
      span.forEach((r) => (on ? this.picked.add(r.id) : this.picked.delete(r.id)));
      this.anchor = n; this.at = n;
    },
    pickPage() { if (this.pageAll || this.all) this.unpick(); else this.rows.forEach((r) => this.picked.add(r.id)); },
    unpick() { this.picked.clear(); this.all = false; this.anchor = -1; },
    runBulk(b) { this.$emit("bulk", { key: b.key, all: this.all, ids: this.all ? [] : [...this.picked] }); },
    clicked(e, row, n) { this.at = n; if (getSelection().toString() || e.target.closest("a,button,input")) return; this.openRow(row, e); },
    openRow(row, e) { if (!row.href) { this.$emit("open", row.id); return; } if (e && (e.ctrlKey || e.metaKey)) window.open(row.href); else window.zg.go(row.href); },
    exportHref(kind) { return this.exportUrl + "." + kind + (this.url.includes("?") ? this.url.slice(this.url.indexOf("?")) : ""); },
    saveView() { this.$emit("saveview", { name: this.newName.trim(), shared: this.newShared, url: this.url }); },
    useSaved(s) { this.$emit("useview", { query: s.query, seq: ++this.seq }); this.busy = true; },
    copyLink() { navigator.clipboard?.writeText(location.origin + this.url); },
    key(e) {
      if (e.defaultPrevented || e.ctrlKey || e.metaKey || e.altKey || !this.$refs.root?.offsetParent) return;
      if (document.querySelector(".q-dialog, .pal") || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName) && e.target.type !== "checkbox" || e.target.isContentEditable) return;
      const last = this.rows.length - 1;
      if (e.key === "/") { e.preventDefault(); this.$refs.search?.focus(); this.$refs.search?.select(); }
      else if (e.key === "j" || (e.key === "ArrowDown" && this.at >= 0)) { this.at = Math.min(last, this.at + 1); this.reveal(e); }
      else if (e.key === "k" || (e.key === "ArrowUp" && this.at >= 0)) { this.at = Math.max(0, this.at - 1); this.reveal(e); }
      else if (e.key === "x" && this.selectable && this.rows[this.at]) this.pick(e, this.rows[this.at], this.at);
      else if (e.key === "Enter" && this.rows[this.at] && !e.target.closest("button,a")) { e.preventDefault(); this.openRow(this.rows[this.at]); }
      else if (e.key === "]" && this.next) this.page(this.next);
      else if (e.key === "[" && this.prev) this.page(this.prev);
      else if (e.key === "Escape") { if (this.picked.size || this.all) this.unpick(); else this.at = -1; }
    },
    reveal(e) { e.preventDefault(); this.$nextTick(() => this.$refs.root.querySelector("tr.on")?.scrollIntoView({ block: "nearest" })); },
    exact(ms) { return new Intl.DateTimeFormat(this.locale, { dateStyle: "medium", timeStyle: "medium", timeZone: this.zone }).format(ms); },
    ago(ms) {
      const s = Math.round((ms - this.clock) / 1000), a = Math.abs(s);
      const r = new Intl.RelativeTimeFormat(this.locale, { numeric: "auto", style: "short" });
      if (a < 60) return this.words.now;
      if (a < 3600) return r.format(Math.round(s / 60), "minute");
      if (a < 86400) return r.format(Math.round(s / 3600), "hour");
      const parts = new Intl.DateTimeFormat("en-CA", { timeZone: this.zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).formatToParts(ms);
      const p = Object.fromEntries(parts.map((x) => [x.type, x.value]));
      const year = new Intl.DateTimeFormat("en-CA", { timeZone: this.zone, year: "numeric" }).format(this.clock);
      return p.year === year ? `${p.month}-${p.day} ${p.hour}:${p.minute}` : `${p.year}-${p.month}-${p.day}`;
    },
  },
};
