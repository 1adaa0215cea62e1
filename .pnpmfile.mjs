/**
 * The Node packages write `os` and `cpu` as plain strings. pnpm reads only lists, would leave them out of the
 * lockfile, and would then install Node for every platform at once.
 */
export const hooks = {
  readPackage(pkg) {
    if (pkg.name.startsWith("node-")) {
      for (const key of ["os", "cpu"]) if (typeof pkg[key] === "string") pkg[key] = [pkg[key]];
    }
    return pkg;
  },
};
