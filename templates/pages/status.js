(function () {
  "use strict";
  var MINUTE = 60000;
  var link = document.querySelector("link[rel=status]");
  var opened = Date.now();

  // Who comes back from another app sees how it stands now. It is asked for first: without a
  // network the code stays readable, where a reload would put an error in its place.
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState !== "visible" || !window.fetch) return;
    fetch(link.href).then(function (answer) { return answer.json(); }).then(function (said) {
      var changed = String(said.captive) !== link.dataset.captive;
      if (changed || Date.now() - opened >= MINUTE) location.reload();
    }).catch(function () {});
  });
})();
