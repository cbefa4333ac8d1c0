namespace EventStore.EF.Subscriptions.Definitions;

/// <summary>The stored names of events that belong to other applications in the same store.</summary>
internal sealed class ForeignTypes
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _prefixes = [];

    /// <param name="pattern">A name, or a prefix followed by <c>*</c>.</param>
    public void Add(string pattern)
    {
        if (pattern.EndsWith('*'))
            _prefixes.Add(pattern[..^1]);
        else
            _names.Add(pattern);
    }

    public bool Contains(string name)
        => _names.Contains(name) || _prefixes.Exists(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
