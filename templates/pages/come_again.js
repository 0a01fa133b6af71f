(function () {
  "use strict";
  var PATIENCE = 10000, PAUSE = 3000;
  var own = document.currentScript.dataset;

  function come() {
    if (own.url) location.replace(own.url);
    else location.reload();
  }

  // Asked first whether anybody is there: without a network browsers put an error in this page's
  // place, and most of them never come again.
  function look() {
    var asked = window.AbortController && new AbortController(), done = false;

    function answered(there) {
      if (done) return;
      done = true;
      clearTimeout(waiting);
      if (there) come();
      else setTimeout(look, PAUSE);
    }

    var waiting = setTimeout(function () {
      answered(false);
      if (asked) asked.abort();
    }, PATIENCE);
    fetch("/healthz", { cache: "no-store", signal: asked ? asked.signal : undefined }).then(
      // Who may not know how we are is answered all the same.
      function (answer) { answered(answer.status < 500); }, function () { answered(false); });
  }

  setTimeout(window.fetch ? look : come, own.seconds * 1000);
})();
