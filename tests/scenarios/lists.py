"""Lists and the configuration that names them, for scenarios."""

import os


def write_lists(folder, lists):
    """[(name, kind, trust, category, text)] -> path of a configuration."""
    root = folder + "-config"
    os.makedirs(root, exist_ok=True)
    lines = ["lists:"]
    for name, kind, trust, category, text in lists:
        path = os.path.join(root, name + ".txt")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        lines.append("  - {name: %s, kind: %s, trust: %s, category: %s, "
                     "path: \"%s\"}" % (name, kind, trust, category, path))
    config = os.path.join(root, "config.yaml")
    with open(config, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    return config
