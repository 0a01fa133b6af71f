(function () {
  "use strict";
  var LOOK = 10000;
  var settings = JSON.parse(document.getElementById("deferred").textContent);

  function ask(method) {
    fetch(settings.status_url, { method: method }).then(function (answer) { return answer.json(); }).then(function (said) {
      if (said.ir) location.replace(said.ir);
    }).catch(function () {});
  }

  // What came is told to us by itself; who comes back from their bank's app has us ask.
  setInterval(function () {
    if (document.visibilityState === "visible") ask("GET");
  }, LOOK);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "visible") ask("POST");
  });

  var print = document.getElementById("print");
  if (print && window.print) {
    print.hidden = false;
    print.addEventListener("click", function () { window.print(); });
  }
})();
