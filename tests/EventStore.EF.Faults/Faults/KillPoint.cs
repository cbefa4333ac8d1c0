using EventStore.EF.TestDatabases;

namespace EventStore.EF.Faults;

/// <summary>The labelled points at which a process is killed.</summary>
/// <param name="Label">The point.</param>
/// <param name="Order">The order to the worker that arms it, or <see langword="null"/> when it is a message to the server.</param>
/// <param name="Message">What the message has in it.</param>
/// <param name="When">What becomes of the message before the process ends.</param>
internal sealed record KillPoint(string Label, string? Order = null, string? Message = null, MessageFault When = default)
{
    private static readonly (MessageFault When, string Label)[] Moments =
    [
        (MessageFault.CutBefore, "not sent"), (MessageFault.Abandon, "sent"), (MessageFault.DropAnswer, "answered, answer lost"), (MessageFault.CutAfter, "answered"),
    ];

    /// <summary>The points of a writer.</summary>
    public static IReadOnlyList<KillPoint> OfWriters(Provider provider) => provider is Provider.Sqlite
        ? [InCode(KillPoints.Appended), .. InCode("append-begins", "append-ended", "commit-begins", "commit-ended")]
        : [InCode(KillPoints.Appended), .. Around("append", "fault-written"), .. Around("commit", "COMMIT")];

    /// <summary>The points of a subscriber.</summary>
    public static IReadOnlyList<KillPoint> OfSubscribers(Provider provider) => provider is Provider.Sqlite
        ? [.. InCode(KillPoints.Delivering, KillPoints.Delivered, "checkpoint-begins", "checkpoint-ended", "commit-begins", "commit-ended")]
        : [.. InCode(KillPoints.Delivering, KillPoints.Delivered), .. Around("checkpoint", "SET position"), .. Around("commit", "COMMIT")];

    private static KillPoint InCode(string point) => new(point, $"kill-at {point}");

    private static IEnumerable<KillPoint> InCode(params IEnumerable<string> points) => points.Select(InCode);

    private static IEnumerable<KillPoint> Around(string name, string message) => Moments.Select(moment => new KillPoint($"{name} {moment.Label}", null, message, moment.When));
}
