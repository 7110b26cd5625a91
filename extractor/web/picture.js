// Boxes on a picture: an SVG over an <img>, in the pixels of the full picture, whatever the size it is shown at.
"use strict";

const COLOURS = 8;

// figure: an element of class "picture" with an <img>. width, height: the full picture's size in pixels.
// boxes: [{corners: [[x, y], ...], label, classes}]; two corners make a line. Returns their SVG elements, in order.
// Text from pictures is only ever set as text.
function showBoxes(figure, width, height, boxes) {
  const space = "http://www.w3.org/2000/svg";
  figure.querySelector("svg")?.remove();
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const shapes = boxes.map(({ corners, label, classes }) => {
    const shape = document.createElementNS(space, corners.length === 2 ? "line" : "polygon");
    if (corners.length === 2) {
      const [[x1, y1], [x2, y2]] = corners;
      for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) shape.setAttribute(name, value);
    } else {
      shape.setAttribute("points", corners.map((corner) => corner.join(",")).join(" "));
    }
    shape.setAttribute("class", classes ?? "");
    if (label) {
      const title = document.createElementNS(space, "title");
      title.textContent = label;
      shape.append(title);
    }
    svg.append(shape);
    return shape;
  });
  figure.append(svg);
  return shapes;
}
