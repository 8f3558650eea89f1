/* A chart on a map: fetches the bundled shapes once, registers them, then draws; echarts itself loads with the first map. */
import { echarts } from "nicegui-echart";

const known = {};
const shapes = (name, url) =>
  (known[name] ??= fetch(url).then((answer) => answer.json()).then((json) => echarts.registerMap(name, json)));

const compiled = (options) => {
  if (Array.isArray(options)) return options.map(compiled);
  if (!options || typeof options !== "object") return options;
  const made = {};
  for (const [key, value] of Object.entries(options))
    made[key.startsWith(":") ? key.slice(1) : key] = key.startsWith(":") ? new Function(`return (${value})`)() : compiled(value);
  return made;
};

export default {
  template: `<div></div>`,
  props: { options: Object, shape: String, url: String },
  watch: {
    options() {
      this.chart?.setOption(compiled(this.options));
    },
  },
  async mounted() {
    await shapes(this.shape, this.url);
    if (!this.$el.isConnected) return;
    this.chart = echarts.init(this.$el);
    this.chart.setOption(compiled(this.options));
    this.chart.on("click", (e) => this.$emit("drill", { name: e.name, value: e.value ?? null }));
    this.watcher = new ResizeObserver(() => this.chart.resize());
    this.watcher.observe(this.$el);
  },
  unmounted() {
    this.watcher?.disconnect();
    this.chart?.dispose();
  },
};
