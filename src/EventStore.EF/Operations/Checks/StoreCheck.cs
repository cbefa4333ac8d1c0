namespace EventStore.EF;

/// <summary>One check of the store, or one thing that it found: a check that finds several things is listed once for each.</summary>
public sealed record StoreCheck
{
    /// <summary>Identifies the check, such as <c>D06</c>. It never changes; docs/health.md lists all of them.</summary>
    public required string Id { get; init; }

    /// <summary>What is checked, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>What came of it.</summary>
    public required CheckSeverity Severity { get; init; }

    /// <summary>The subscription that it is about; <see langword="null"/> if it is about the store or its database.</summary>
    public SubscriptionName? Subscription { get; init; }

    /// <summary>
    /// What was seen, in whole sentences with the values; if it could not be checked, why. <see langword="null"/> if nothing was found.
    /// </summary>
    public string? Evidence { get; init; }

    /// <summary>What to do about it, in whole sentences; <see langword="null"/> if nothing was found.</summary>
    public string? Remedy { get; init; }

    /// <summary>The check in one line: id, severity, subscription, evidence and remedy.</summary>
    public override string ToString()
    {
        var subject = Subscription is { } name ? $" '{name}'" : "";
        var finding = string.Join(' ', new[] { Evidence, Remedy }.Where(text => text is not null));
        return $"{Id} {Severity}: {Title}{subject}{(finding.Length == 0 ? "" : $". {finding}")}";
    }
}
