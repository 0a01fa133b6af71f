(function () {
  "use strict";
  var button = document.getElementById("copy");

  function done() { button.textContent = button.dataset.done; }

  function byHand() {
    var area = document.createElement("textarea");
    area.value = button.dataset.text;
    document.body.appendChild(area);
    area.select();
    if (document.execCommand("copy")) done();
    area.remove();
    button.focus();
  }

  button.hidden = false;
  button.addEventListener("click", function () {
    // Only secure pages have a clipboard, and this one may be served over http.
    if (navigator.clipboard) navigator.clipboard.writeText(button.dataset.text).then(done, byHand);
    else byHand();
  });
})();
