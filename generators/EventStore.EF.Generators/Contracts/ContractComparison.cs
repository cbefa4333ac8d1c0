namespace EventStore.EF.Generators.Contracts;

/// <summary>The kind of difference between the current and the recorded contract.</summary>
internal enum ContractChange
{
    /// <summary>Recorded but no longer stored: the value in old events is lost.</summary>
    Removed,

    /// <summary>Stored as a type that can't read the old values.</summary>
    Changed,

    /// <summary>Now required, but old events may lack it.</summary>
    Required,

    /// <summary>Not recorded, or recorded differently, but old events can still be read.</summary>
    Compatible,
}

/// <summary>A difference at one path.</summary>
/// <param name="Change">The kind of difference.</param>
/// <param name="Path">The path in the JSON.</param>
/// <param name="Recorded">The recorded type, if any.</param>
/// <param name="Current">What is stored now, if anything.</param>
internal sealed record ContractDifference(ContractChange Change, string Path, ContractType? Recorded, ContractNode? Current)
{
    public bool IsBreaking => Change != ContractChange.Compatible;
}

/// <summary>Compares the contract of a type with its recorded lines.</summary>
internal static class ContractComparison
{
    /// <summary>The differences, ordered by path. Differences inside something that was removed or changed are left out.</summary>
    public static IReadOnlyList<ContractDifference> Compare(IReadOnlyList<ContractLine> recorded, IReadOnlyList<ContractNode> current)
    {
        var stored = recorded.ToDictionary(line => line.Path, line => ContractType.Parse(line.Type), StringComparer.Ordinal);
        var nodes = current.ToDictionary(node => node.Path, StringComparer.Ordinal);
        var differences = new List<ContractDifference>();
        var broken = new List<string>();
        foreach (var path in stored.Keys.Union(nodes.Keys).OrderBy(path => path, StringComparer.Ordinal))
        {
            stored.TryGetValue(path, out var before);
            nodes.TryGetValue(path, out var now);
            if (broken.Exists(outer => IsInside(path, outer)) || Change(path, before, now, stored) is not { } change)
                continue;
            differences.Add(new(change, path, before, now));
            if (change is ContractChange.Removed or ContractChange.Changed)
                broken.Add(path);
        }

        return differences;
    }

    private static ContractChange? Change(string path, ContractType? before, ContractNode? now, Dictionary<string, ContractType> stored)
    {
        if (before is null)
            return now!.Type.IsRequired && IsParentStored(path, stored) ? ContractChange.Required : ContractChange.Compatible;
        if (before.IsComputed && now?.Type.IsComputed != false)
            return before == now?.Type ? null : ContractChange.Compatible; // Nothing read it, so nothing misses it.
        if (now?.Type.IsComputed == true)
            return ContractChange.Removed; // Old events have a value that nothing reads any more.
        if (now is null)
            return path == ContractLine.Root && before.Name == "object" ? ContractChange.Compatible : ContractChange.Removed;
        if (!Readability.CanRead(before, now.Type))
            return ContractChange.Changed;
        if (now.Type.IsRequired && !before.IsRequired && !before.IsComputed)
            return ContractChange.Required;
        return before == now.Type ? null : ContractChange.Compatible;
    }

    /// <summary>Whether stored events have the parent. If they don't, a new required member breaks nothing.</summary>
    private static bool IsParentStored(string path, Dictionary<string, ContractType> stored)
    {
        var dot = path.LastIndexOf('.');
        var parent = path.Substring(0, dot + 1);
        return dot < 0
            ? stored.Count > 0
            : stored.ContainsKey(parent.TrimEnd('.')) || stored.Keys.Any(other => other.StartsWith(parent, StringComparison.Ordinal));
    }

    private static bool IsInside(string path, string outer)
        => outer == ContractLine.Root
            || (path.Length > outer.Length
                && path.StartsWith(outer, StringComparison.Ordinal)
                && path[outer.Length] is '.' or '[' or '{' or '(');
}
