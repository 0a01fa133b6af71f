// Tells what is wrong with how the page looks in a window of this width, its text as large as
// it comes, doubled with the browser's own font size, and doubled by itself.
const BOXES = "button,.button,.badge,.card,.plan,.say,.logo,summary,header>div,main,footer,body";
const TARGETS = "a[href],button,summary,select,label.check,input:not([type=hidden],[type=checkbox],[type=radio])";
// What lies on top of a page on purpose, and from under which it can be scrolled; what is shown
// to who goes there by keyboard.
const ASIDE = ".bar,.skip";
// The gateway's own form does not grow with our text: higher, and nobody sees the button below it.
const LEAST = 44, NEAR = 1, HIGHEST = 480;

function seen(element) {
  return element.checkVisibility({visibilityProperty: true}) && element.getClientRects().length > 0;
}

function named(element) {
  return `${element.tagName.toLowerCase()} “${element.textContent.trim().slice(0, 40)}”`;
}

function texts() {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, range = document.createRange();
    if (!node.data.trim() || !seen(node.parentElement) || node.parentElement.closest(ASIDE)) continue;
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) if (rect.width > 0) found.push([node.parentElement, rect]);
  }
  return found;
}

function spilled([element, rect]) {
  const boxes = [];
  for (let box = element.closest(BOXES); box; box = box.parentElement.closest(BOXES)) boxes.push(box.getBoundingClientRect());
  return boxes.some(box => rect.left < box.left - NEAR || rect.right > box.right + NEAR ||
    rect.top < box.top - NEAR || rect.bottom > box.bottom + NEAR);
}

function clipped(element) {
  // What is typed moves along in its field.
  const field = element.matches("input"), hides = field || getComputedStyle(element).overflow !== "visible";
  return hides && !element.matches("svg,#card,textarea") && seen(element) &&
    (!field && element.scrollWidth > element.clientWidth + NEAR || element.scrollHeight > element.clientHeight + NEAR);
}

function shrunk(code) {
  const [size, around] = [code, document.body].map(element => parseFloat(getComputedStyle(element).fontSize));
  return seen(code) && size < around;
}

function small(element) {
  const {width, height} = element.getBoundingClientRect();
  return seen(element) && (width < LEAST - 0.1 || height < LEAST - 0.1);
}

function above(rects) {
  return rects.filter(([one, a], index) => rects.slice(index + 1).some(([other, b]) =>
    one !== other && !one.contains(other) && !other.contains(one) &&
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > Math.min(a.height, b.height) / 3));
}

function faults(width) {
  const root = document.documentElement, all = [...document.body.querySelectorAll("*")], rects = texts();
  const name = document.querySelector("header b");
  return [
    ...(root.scrollWidth > width ? [`scrolls sideways: ${root.scrollWidth} px`] : []),
    ...(seen(name) && name.getBoundingClientRect().width >= LEAST ? [] : ["the header has no name"]),
    ...rects.filter(spilled).map(([element]) => `leaves its box: ${named(element)}`),
    ...above(rects).map(([element]) => `stands on other text: ${named(element)}`),
    ...[...document.querySelectorAll(".code")].filter(shrunk).map(code => `is smaller than what is around it: ${named(code)}`),
    ...[...document.querySelectorAll("#card")].filter(card => parseFloat(getComputedStyle(card).minHeight) > HIGHEST).map(card => `leaves a hole: ${named(card)}`),
    ...all.filter(clipped).map(element => `is cut off: ${named(element)}`),
    ...[...document.querySelectorAll(TARGETS)].filter(target => !target.matches(".skip") && small(target)).map(element => `is no target for a thumb: ${named(element)}`),
  ];
}

function doubled() {
  const all = [...document.body.querySelectorAll("*")], sizes = all.map(element => parseFloat(getComputedStyle(element).fontSize));
  all.forEach((element, index) => { element.style.fontSize = `${2 * sizes[index]}px`; });
  return () => all.forEach(element => { element.style.fontSize = ""; });
}

function rooted() {
  document.documentElement.style.fontSize = "200%";
  return () => { document.documentElement.style.fontSize = ""; };
}

const [width] = arguments, found = [];
document.querySelectorAll("details").forEach(details => { details.open = true; });
for (const [how, begin] of Object.entries({"as it comes": () => () => {}, "200 %": rooted, "text alone at 200 %": doubled})) {
  const end = begin();
  found.push(...faults(width).map(fault => `${width} px, ${how}: ${fault}`));
  end();
}
return found;
