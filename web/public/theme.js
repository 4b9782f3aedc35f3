// Sets the theme before the first paint. A file of its own, since the content security policy allows no inline script.
;(() => {
  let theme = 'system'
  try {
    theme = localStorage.getItem('nexus-theme') || 'system'
  } catch {
    // Storage may be closed to us; the system's theme does then.
  }
  const dark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', dark)
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light'
})()
