// Draws BPMN with bpmn-js and puts numbers on it. Its watermark stays visible.
//   <div class="diagram" data-diagram="/processes/obligation.bpmn"
//        data-counts="/campaigns/1/nodes/obligation"  an address, or JSON: {"node": 12} or {"node": [12, 3 of them late]}
//        data-here='["town_review"]'                   where one instance stands now
//        data-was='["start", "self_check"]'            what it has been through
//        data-open="/campaigns/1/nodes/"               a step with a number opens this + process + "/" + node
//        data-town="?town=3"                           follows every address of numbers
//        data-refresh="60">                            seconds after which the numbers are asked for again
//   <button data-diagram-tab="hazard">                 shows /processes/hazard.bpmn with the numbers of data-base + hazard
(() => {
  "use strict";
  const viewers = new WeakMap();
  const FONT = getComputedStyle(document.documentElement).getPropertyValue("--sans").trim() || "sans-serif"; // texts are measured before they are drawn
  const NODES = /Task|Event|SubProcess|CallActivity|Gateway/, END = /EndEvent/;

  async function draw(place) {
    if (viewers.has(place) || !window.BpmnJS) return;
    const canvas = document.createElement("div");
    canvas.className = "diagram-canvas";
    place.append(canvas);
    const viewer = new window.BpmnJS({
      container: canvas,
      textRenderer: { defaultStyle: { fontFamily: FONT, fontSize: 14 }, externalStyle: { fontSize: 11, fontFamily: FONT } },
      bpmnRenderer: { defaultStrokeColor: "#64747a", defaultLabelColor: "#1d2b2f" },
    });
    viewers.set(place, viewer);
    const scroll = viewer.get("zoomScroll", false);
    if (scroll && scroll.toggle) scroll.toggle(false); // the wheel belongs to the page
    if (place.dataset.open) viewer.get("eventBus").on("element.click", (event) => open(place, event.element.id));
    await show(place);
    let width = place.clientWidth;
    new ResizeObserver(() => { if (place.clientWidth !== width) { width = place.clientWidth; fit(place); } }).observe(place);
  }

  async function show(place) {
    const viewer = viewers.get(place);
    const answer = await fetch(place.dataset.diagram);
    if (!answer.ok) return;
    await viewer.importXML(await answer.text());
    fit(place);
    mark(viewer, place);
    await count(place);
    reveal(place);
  }

  function open(place, node) {
    const key = place.dataset.diagram.split("/").pop().replace(".bpmn", "");
    if (key !== "campaign" && place.counted && place.counted[node]) location.href = `${place.dataset.open}${key}/${node}${place.dataset.town || ""}`;
  }

  // As large as the place allows, but never too small to read: what does not fit is scrolled to. Where many are counted,
  // a wide place shows all of it at first; the numbers keep their size.
  const READABLE = 0.85, LARGEST = 1.15, MARGIN = 12, WIDE = 900;
  function fit(place) {
    const canvas = viewers.get(place).get("canvas"), inner = canvas.viewbox().inner;
    if (!inner.width || !place.clientWidth) return;
    const fitting = (place.clientWidth - 2 * MARGIN) / inner.width;
    const asked = place.dataset.zoom || (place.dataset.counts && place.clientWidth > WIDE ? "all" : "1");
    const scale = asked === "all" ? Math.min(fitting, LARGEST) : Math.max(READABLE, Math.min(fitting, LARGEST)) * Number(asked);
    const box = place.querySelector(".diagram-canvas");
    box.style.width = `${inner.width * scale + 2 * MARGIN}px`;
    box.style.height = `${inner.height * scale + 2 * MARGIN}px`;
    canvas.resized();
    canvas.viewbox({ x: inner.x - MARGIN / scale, y: inner.y - MARGIN / scale, width: inner.width + 2 * MARGIN / scale, height: inner.height + 2 * MARGIN / scale });
  }

  // Where it stands now is in sight.
  function reveal(place) {
    const here = place.querySelector(".djs-element.here, .djs-element.heat-c");
    if (!here) return;
    const one = here.getBoundingClientRect(), all = place.getBoundingClientRect();
    place.scrollLeft += one.left - all.left - all.width / 2 + one.width / 2;
    place.scrollTop += one.top - all.top - all.height / 2 + one.height / 2;
  }

  function mark(viewer, place) {
    const canvas = viewer.get("canvas"), registry = viewer.get("elementRegistry");
    for (const [list, name] of [["was", "was"], ["here", "here"]])
      for (const id of JSON.parse(place.dataset[list] || "[]")) if (registry.get(id)) canvas.addMarker(id, name);
  }

  async function count(place) {
    const viewer = viewers.get(place), source = place.dataset.counts;
    if (!source) return;
    let counts;
    if (source.trim().startsWith("{")) counts = JSON.parse(source);
    else {
      const answer = await fetch(source, { headers: window.bihuanHeaders ? window.bihuanHeaders() : {} });
      if (!answer.ok) return;
      counts = await answer.json();
    }
    place.counted = counts;
    const overlays = viewer.get("overlays"), canvas = viewer.get("canvas"), registry = viewer.get("elementRegistry");
    overlays.clear();
    const waiting = Object.entries(counts).filter(([id]) => registry.get(id) && !END.test(registry.get(id).type));
    const most = Math.max(1, ...waiting.map(([, one]) => [].concat(one)[0]));
    for (const [id, value] of Object.entries(counts)) {
      const element = registry.get(id);
      if (!element || !NODES.test(element.type) || /Boundary/.test(element.type)) continue; // what waits beside a step is counted at the step
      const [number, late] = [].concat(value);
      for (const heat of ["heat-a", "heat-b", "heat-c"]) canvas.removeMarker(id, heat);
      if (!number) continue;
      if (!END.test(element.type)) canvas.addMarker(id, number > most / 2 ? "heat-c" : number > most / 8 ? "heat-b" : "heat-a");
      const above = /Event/.test(element.type); // its name stands below
      overlays.add(id, {
        position: above ? { top: -4, left: element.width / 2 } : { bottom: 12, left: element.width / 2 },
        html: badge(number, late, above), scale: { min: 0.9 },
      });
    }
  }

  function badge(number, late, above) {
    const box = document.createElement("div");
    box.className = above ? "tokens above" : "tokens";
    for (const [value, kind] of [[number, "count"], [late, "count-late"]]) {
      if (!value) continue;
      const one = document.createElement("span");
      one.className = kind;
      one.textContent = value.toLocaleString("en-US");
      box.append(one);
    }
    return box;
  }

  document.addEventListener("click", (event) => {
    const zoom = event.target.closest("[data-zoom-by]");
    if (zoom) {
      const place = zoom.closest("section, .card, main").querySelector("[data-diagram]");
      const before = Number(place.dataset.zoom) || 1, by = zoom.dataset.zoomBy;
      place.dataset.zoom = by === "all" ? "all" : Math.min(2.5, Math.max(0.5, before * Number(by)));
      fit(place);
      reveal(place);
    }
    const tab = event.target.closest("[data-diagram-tab]");
    if (!tab) return;
    const place = tab.closest("section, .card, main").querySelector("[data-diagram]");
    const key = tab.dataset.diagramTab;
    for (const one of tab.parentElement.children) one.setAttribute("aria-selected", one === tab);
    place.dataset.diagram = `/processes/${key}.bpmn`;
    if (place.dataset.base) place.dataset.counts = place.dataset.base + key + (place.dataset.town || "");
    show(place);
  });

  const all = (scope) => scope.querySelectorAll("[data-diagram]").forEach((place) => {
    draw(place);
    if (place.dataset.refresh) setInterval(() => { if (!document.hidden) count(place); }, 1000 * place.dataset.refresh);
  });
  const start = () => all(document);
  document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", start) : start();
  document.addEventListener("htmx:after:swap", (event) => {
    const target = (event.detail && event.detail.ctx && event.detail.ctx.target) || event.target;
    if (target && target.querySelectorAll) target.querySelectorAll("[data-diagram]").forEach(draw);
  });
  // A folded-up diagram is drawn when it is opened.
  document.addEventListener("toggle", (event) => { if (event.target.open) event.target.querySelectorAll("[data-diagram]").forEach(draw); }, true);
})();
