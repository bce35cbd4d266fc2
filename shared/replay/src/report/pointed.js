// Shows what a mark or a span says as soon as it is pointed at or touched. Without this the browser does it, later.
"use strict";
const pointed = document.createElement("div");
pointed.id = "pointed";
pointed.hidden = true;
document.body.append(pointed);
for (const title of document.querySelectorAll("figure g title")) {
  title.parentNode.dataset.told = title.textContent;
  title.remove();
}
for (const drawing of document.querySelectorAll("figure svg[role=img]")) {
  const title = drawing.querySelector("title");
  drawing.setAttribute("aria-label", title.textContent);
  drawing.setAttribute("aria-describedby", drawing.querySelector("desc").id);
  drawing.removeAttribute("aria-labelledby");
  title.remove();
}
document.addEventListener("pointerover", (event) => {
  const mark = event.target.closest("[data-told]");
  pointed.hidden = !mark;
  if (!mark) return;
  pointed.textContent = mark.dataset.told;
  const room = 12;
  const right = innerWidth - pointed.offsetWidth - room;
  pointed.style.left = Math.max(room, Math.min(event.clientX + room, right)) + "px";
  pointed.style.top = Math.max(room, event.clientY - pointed.offsetHeight - room) + "px";
});
document.addEventListener("scroll", () => { pointed.hidden = true; }, true);
