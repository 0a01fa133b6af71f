(function () {
  "use strict";
  // A page that the browser had put aside is not the latest word. It is asked for first: without
  // a network this one stays readable, where a reload would put an error in its place.
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    fetch(location.href, { cache: "no-store" }).then(function () { location.reload(); }).catch(function () {});
  });
})();
