namespace EventStore.EF.Append;

/// <summary>
/// The category of a stream: what its name has before the first <c>-</c>, as <c>order</c> in <c>order-17</c>. There are as many categories
/// as kinds of streams, so spans may be named by them.
/// </summary>
internal static class StreamCategory
{
    /// <summary>The category that all streams share; <see langword="null"/> if there is none.</summary>
    public static string? Of(IReadOnlyCollection<StreamName> streams)
    {
        string? common = null;
        foreach (var stream in streams)
        {
            var category = Of(stream.Value);
            if (category is null || (common is not null && common != category))
                return null;

            common = category;
        }

        return common;
    }

    /// <summary>A name without <c>-</c> has no category; nor has a UUID, whose first part would be an id.</summary>
    private static string? Of(string stream)
        => stream.IndexOf('-', StringComparison.Ordinal) is var end && end > 0 && !Guid.TryParse(stream, out _) ? stream[..end] : null;
}
