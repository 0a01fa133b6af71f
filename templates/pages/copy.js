(function () {
  "use strict";
  function byHand(button, done) {
    var area = document.createElement("textarea");
    area.value = button.dataset.text;
    document.body.appendChild(area);
    area.select();
    if (document.execCommand("copy")) done();
    area.remove();
    button.focus();
  }

  document.querySelectorAll("button.copy").forEach(function (button) {
    function done() { button.textContent = button.dataset.done; }

    button.hidden = false;
    button.addEventListener("click", function () {
      var other = function () { byHand(button, done); };
      // Only secure pages have a clipboard, and this one may be served over http.
      if (navigator.clipboard) navigator.clipboard.writeText(button.dataset.text).then(done, other);
      else other();
    });
  });
})();
