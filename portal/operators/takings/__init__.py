"""Show an operator what is taken, beside what was taken before."""
