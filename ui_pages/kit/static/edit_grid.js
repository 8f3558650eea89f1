/* A grid of rows that are edited in place like a sheet: arrows, Enter, paste from a spreadsheet, one rule for a column. */
export default {
  template: `
<div class="eg" :class="{busy}">
  <div class="eg-bar" v-if="editable">
    <span class="eg-tools" v-if="tools.length && rows.length > 1">
      <select v-model="tool.column" :aria-label="words.column"><option v-for="c in tools" :key="c.name" :value="c.name">{{ c.label }}</option></select>
      <select v-model="tool.op" :aria-label="words.op"><option v-for="o in ops" :key="o" :value="o">{{ words[o] }}</option></select>
      <input v-model="tool.value" :placeholder="tool.op==='percent' ? '-10' : '0'" inputmode="decimal" :aria-label="words.value" @keydown.enter.prevent="applyTool"/>
      <button type="button" class="btn b-secondary" :disabled="tool.value===''" @click="applyTool">{{ words.fill }}</button>
    </span>
    <span class="eg-state" role="status">{{ state }}</span>
    <button type="button" class="btn b-text" v-if="count" @click="discard">{{ words.discard }}</button>
    <button type="button" class="btn b-primary" data-save :disabled="!count || busy" @click="save">{{ words.save }}</button>
  </div>
  <div class="eg-wrap" ref="wrap">
    <table class="eg-t">
      <thead><tr><th v-for="c in columns" :key="c.name" :class="[c.kind, {r: c.right}]" :style="width(c)">{{ c.label }}</th><th v-if="menu" class="m"></th></tr></thead>
      <tbody>
        <tr v-for="(row, y) in rows" :key="row.id" :class="{muted: row.muted, saved: row.saved, failed: row.said}">
          <td v-for="(c, x) in columns" :key="c.name" :class="[c.kind, {r: c.right, dirty: isDirty(row, c), bad: (row.fields||{})[c.name]}]" :title="(row.fields||{})[c.name]||null">
            <input v-if="c.editable && editable && !row.muted" :value="row.cells[c.name]" :data-at="y+':'+x" :inputmode="c.kind==='text' ? 'text' : 'decimal'" :aria-label="c.label+' '+row.label" autocomplete="off" spellcheck="false"
              @input="set(row, c, $event.target.value)" @keydown="key($event, y, x)" @paste="paste($event, y, x)" @focus="$event.target.select()"/>
            <span v-else-if="c.kind==='label'" class="eg-label"><img v-if="row.thumb" :src="row.thumb" alt="" loading="lazy"/><i v-else-if="thumbs" class="noimg"></i><span><a v-if="row.href" class="link" :href="row.href">{{ row.label }}</a><b v-else>{{ row.label }}</b><small v-if="row.note">{{ row.note }}</small><small v-if="row.said" class="t-bad">{{ row.said }}</small></span></span>
            <span v-else class="eg-fixed">{{ row.cells[c.name] === '' ? '—' : row.cells[c.name] }}</span>
          </td>
          <td v-if="menu" class="m"><button v-if="row.menu" type="button" class="hb" :aria-label="row.menu.label" :title="row.menu.label" @click="$emit('menu', row.id)"><svg class="i"><use :href="icon(row.menu.icon)"/></svg></button></td>
        </tr>
      </tbody>
    </table>
    <div v-if="!rows.length" class="eg-none">{{ words.none }}</div>
  </div>
</div>`,
  props: { columns: Array, initial: Array, words: Object, editable: Boolean, menu: Boolean, thumbs: Boolean, ident: String },
  data() { return { rows: [], was: {}, busy: false, message: "", ops: ["set", "percent", "plus", "round"], tool: { column: "", op: "percent", value: "" } }; },
  created() { this.setRows(this.initial); this.tool.column = (this.tools[0] || {}).name || ""; },
  computed: {
    tools() { return this.columns.filter(c => c.editable && c.kind !== "text"); },
    count() { return this.rows.reduce((n, r) => n + this.changed(r).length, 0); },
    state() { return this.count ? this.words.changes.replace("{n}", this.count) : this.message; },
  },
  watch: { count(n) { window.zg?.setDirty(this.ident, n > 0); } },
  unmounted() { window.zg?.setDirty(this.ident, false); },
  methods: {
    icon(n) { return window.zg.icon(n); },
    width(c) { return c.width ? { width: c.width + "px", minWidth: c.width + "px" } : null; },
    setRows(rows) { this.rows = rows.map(r => ({ ...r, cells: { ...r.cells }, fields: {}, said: "", saved: false })); this.was = Object.fromEntries(rows.map(r => [r.id, { ...r.cells }])); },
    changed(row) { return this.columns.filter(c => c.editable && this.isDirty(row, c)).map(c => c.name); },
    isDirty(row, c) { return c.editable && row.cells[c.name] !== this.was[row.id][c.name]; },
    set(row, c, value) { row.cells[c.name] = value; row.saved = false; if (row.fields[c.name]) delete row.fields[c.name]; if (!Object.keys(row.fields).length) row.said = ""; this.message = ""; },
    focus(y, x) { const cell = this.$refs.wrap.querySelector(`[data-at="${y}:${x}"]`); if (cell) { cell.focus(); cell.scrollIntoView({ block: "nearest", inline: "nearest" }); } return !!cell; },
    step(y, x, dy) { for (let n = y + dy; n >= 0 && n < this.rows.length; n += dy) if (this.focus(n, x)) return; },
    key(e, y, x) {
      if (e.isComposing) return;
      if (e.key === "Enter" || e.key === "ArrowDown") { e.preventDefault(); this.step(y, x, 1); }
      else if (e.key === "ArrowUp") { e.preventDefault(); this.step(y, x, -1); }
      else if (e.key === "Escape") { const c = this.columns[x]; this.set(this.rows[y], c, this.was[this.rows[y].id][c.name]); e.target.select(); e.stopPropagation(); }
      else if ((e.ctrlKey || e.metaKey) && e.key === "d" && y > 0) { e.preventDefault(); this.set(this.rows[y], this.columns[x], this.rows[y - 1].cells[this.columns[x].name]); this.step(y, x, 1); }
    },
    paste(e, y, x) {
      const lines = e.clipboardData.getData("text").replace(/\r/g, "").replace(/\n$/, "").split("\n").map(l => l.split("\t"));
      if (lines.length === 1 && lines[0].length === 1) return;
      e.preventDefault();
      const open = this.columns.map((c, n) => n).filter(n => n >= x && this.columns[n].editable);
      lines.forEach((line, dy) => { const row = this.rows[y + dy]; if (row && !row.muted) line.forEach((v, dx) => { if (open[dx] !== undefined) this.set(row, this.columns[open[dx]], v.trim()); }); });
    },
    applyTool() {
      const c = this.columns.find(c => c.name === this.tool.column), v = parseFloat(String(this.tool.value).replace(",", "").replace("%", ""));
      if (!c || isNaN(v)) return;
      for (const row of this.rows) {
        if (row.muted) continue;
        const old = parseFloat(String(row.cells[c.name]).replace(/,/g, ""));
        if (this.tool.op !== "set" && isNaN(old)) continue;
        let n = this.tool.op === "set" ? v : this.tool.op === "plus" ? old + v : this.tool.op === "percent" ? old * (1 + v / 100) : Math.floor(old) + v % 1;
        this.set(row, c, Math.max(0, n).toFixed(c.kind === "money" ? c.digits : 0));
      }
    },
    discard() { for (const row of this.rows) { row.cells = { ...this.was[row.id] }; row.fields = {}; row.said = ""; } },
    save() {
      const rows = this.rows.filter(r => this.changed(r).length).map(r => ({ id: r.id, version: r.version, changes: Object.fromEntries(this.changed(r).map(k => [k, r.cells[k]])) }));
      this.busy = true; this.$emit("save", rows);
    },
    results(list, message) {
      this.busy = false; this.message = message;
      for (const each of list) {
        const row = this.rows.find(r => r.id === each.id);
        if (!row) continue;
        row.said = each.said; row.fields = each.fields; row.saved = !each.said;
        if (each.row) { Object.assign(row, each.row, { cells: { ...each.row.cells } }); this.was[row.id] = { ...each.row.cells }; }
      }
    },
    stop() { this.busy = false; },
  },
};
