(function () {
  "use strict";
  // A printed QR code carries its code behind the "#", which browsers keep to themselves: it is in
  // no request and in no log. The router's own page leads back here with it still there.
  var carried = /^#c=([A-Za-z0-9-]{4,40})$/.exec(location.hash);
  if (!carried) return;
  var field = document.getElementById("usuario");
  var onward = document.getElementById("onward");
  if (onward) onward.href += location.hash;
  if (field) {
    field.value = carried[1].replace("-", " ");
    history.replaceState(null, "", location.pathname + location.search);
    return;
  }
  var entry = document.querySelector("a[data-code]");
  if (entry) location.replace(entry.href + location.hash);
})();
