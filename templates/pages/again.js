(function () {
  "use strict";
  // Back leads here again, and should know what was bought meanwhile: the visit goes by its seal.
  var seal = document.querySelector("main form input[name=v]");
  if (seal && seal.value && !/[?&]v=/.test(location.search)) {
    var lang = /[?&](lang=[a-z]+)/.exec(location.search);
    history.replaceState(null, "", location.pathname + "?v=" + encodeURIComponent(seal.value) + (lang ? "&" + lang[1] : ""));
  }
  // A page that the browser had put aside is not the latest word. It is asked for first: without
  // a network this one stays readable, where a reload would put an error in its place.
  window.addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    fetch(location.href, { cache: "no-store" }).then(function () { location.reload(); }).catch(function () {});
  });
})();
