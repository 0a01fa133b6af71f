(() => {
  const form = document.getElementById("plan"), shown = document.getElementById("muestra");
  let waiting, asked = 0;
  const draw = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(form.dataset.preview, {method: "POST", body: new URLSearchParams(new FormData(form))});
      // A later answer may have come before this one.
      if (answer.ok && !answer.redirected && mine === asked) shown.innerHTML = await answer.text();
    } catch { /* The button shows it too. */ }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(draw, 300);
  });
})();
