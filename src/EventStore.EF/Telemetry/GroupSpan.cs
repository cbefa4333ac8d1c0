using System.Diagnostics;

namespace EventStore.EF.Telemetry;

/// <summary>
/// The span of appends that are sent to the database together. It is nobody's child, because it works for all of them: it has a link to
/// each, and the driver's spans are below it.
/// </summary>
internal static class GroupSpan
{
    /// <summary>
    /// Starts the span and makes it current. A single append needs none, so its own becomes current, if there is one. Call it in an
    /// asynchronous method of its own, which leaves <see cref="Activity.Current"/> as it was.
    /// </summary>
    /// <param name="appends">The span of each append; <see langword="null"/> for one that has none.</param>
    /// <returns>The span; <see langword="null"/> if nobody wants it, or for a single append.</returns>
    public static Activity? Start(IReadOnlyList<Activity?> appends)
    {
        Activity.Current = appends is [var only] ? only : null;
        return appends.Count == 1 ? null : Tracing.Source.StartActivity(
            "group append", ActivityKind.Client, parentContext: default, [new(TagNames.GroupSize, appends.Count)],
            appends.OfType<Activity>().Select(append => new ActivityLink(append.Context)));
    }

    /// <summary>Adds how many of the appends were not written with the others, because they were refused, locked or failed.</summary>
    public static void LeaveOut(Activity? span, int appends) => span?.SetTag(TagNames.GroupLeftOut, appends);

    /// <summary>Marks all appends as failed. The message is left out: the driver's may contain names of streams.</summary>
    public static void Fail(Activity? span, Exception exception) => Tracing.Fail(span, exception, describes: false);
}
