using System.Globalization;
using EventStore.EF.Operations.Checks;

namespace EventStore.EF.Operations;

/// <summary>What is wrong with subscriptions, judged from what was read alone.</summary>
internal static class SubscriptionRules
{
    /// <summary>A release and a new owner take less.</summary>
    private static readonly TimeSpan LongWithoutOwner = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongLag = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongStandstill = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongFailure = TimeSpan.FromMinutes(1);

    private static readonly CheckDefinition[] Definitions =
    [
        CheckDefinition.Progress, CheckDefinition.Parked, CheckDefinition.Poison, CheckDefinition.Ahead, CheckDefinition.Coverage,
    ];

    /// <summary>The checks of all subscriptions.</summary>
    /// <param name="subscriptions">The subscriptions; <see langword="null"/> if they can't be read.</param>
    /// <param name="refusal">Why they can't be read.</param>
    public static IReadOnlyList<StoreCheck> All(IReadOnlyList<SubscriptionReport>? subscriptions, string? refusal)
    {
        if (subscriptions is null)
        {
            return
            [
                .. Definitions.Select(check => check.Unknown(
                    refusal ?? "the table of subscriptions can't be read.", StoreRules.GrantRemedy)),
            ];
        }

        return
        [
            .. CheckDefinition.Progress.Of([.. subscriptions.Select(Progress).OfType<StoreCheck>()]),
            .. CheckDefinition.Parked.Of([.. subscriptions.Select(Parked).OfType<StoreCheck>()]),
            .. CheckDefinition.Poison.Of([.. subscriptions.Select(Poison).OfType<StoreCheck>()]),
            .. CheckDefinition.Ahead.Of([.. subscriptions.Select(Ahead).OfType<StoreCheck>()]),
            .. CheckDefinition.Coverage.Of([.. subscriptions.Select(Coverage).OfType<StoreCheck>()]),
        ];
    }

    private static StoreCheck? Progress(SubscriptionReport report)
    {
        var info = report.Info;
        if (info.Status is SubscriptionStatus.Paused)
        {
            return info.LastError is null
                ? Found(
                    CheckDefinition.Progress, report, CheckSeverity.Information, "It is paused.",
                    "Resume it with ResumeAsync when it should go on.")
                : Found(
                    CheckDefinition.Progress, report, CheckSeverity.Warning,
                    $"It is paused, and its last error is: {info.LastError} It was paused after that error, or stopped by the policy Stop.",
                    "Fix the cause, then resume it with ResumeAsync.");
        }

        if (report.PartitionsWithoutOwner is { Count: > 0 } without)
        {
            var which = info.Partitions.Count == 1 ? "It has no owner"
                : $"Partition {string.Join(", ", without)} of {info.Partitions.Count} has no owner";
            return Found(
                CheckDefinition.Progress, report,
                report.WithoutOwnerFor >= LongWithoutOwner ? CheckSeverity.Error : CheckSeverity.Warning,
                $"{which}{For(report.WithoutOwnerFor)}. {Lag(info)}", "Start a process that runs it, or remove it with DeleteAsync.");
        }

        if (report.StandsStillFor >= LongStandstill)
        {
            return Found(
                CheckDefinition.Progress, report, CheckSeverity.Error,
                $"It has finished nothing for at least {StoreRules.Words(report.StandsStillFor)}. {Lag(info)}{Error(info)}",
                "Look for the reason in D05, D08 and D19, and in the log of its owner " + Owners(info) + ".");
        }

        return info.LagTime < LongLag ? null : Found(
            CheckDefinition.Progress, report, CheckSeverity.Warning, $"{Lag(info)} {Speed(report)}{Error(info)}",
            "Wait until it has caught up; if it doesn't, give it more partitions, or look for a slow handler.");
    }

    private static StoreCheck? Parked(SubscriptionReport report) => report.Info.ParkedCount == 0 ? null : Found(
        CheckDefinition.Parked, report, CheckSeverity.Warning,
        $"{Count(report.Info.ParkedCount)} events are parked, the first since {report.FirstParkedAt:u}: {report.FirstParkedError}",
        "List them with ListParkedAsync, fix the cause, then replay or discard them.");

    private static StoreCheck? Poison(SubscriptionReport report)
    {
        if (report.IsSuspected)
        {
            return Found(
                CheckDefinition.Poison, report, CheckSeverity.Warning,
                "Its last owner ended without releasing it. The events that were in flight are handled one at a time, to find out " +
                "whether one of them ends the process.",
                "Look for crashes of its owners. If there are none, this ends by itself.");
        }

        return report.Info is { LastError: { } error, Status: not SubscriptionStatus.Paused } && report.StandsStillFor >= LongFailure
            ? Found(
                CheckDefinition.Poison, report, CheckSeverity.Warning,
                $"The event after position {report.Info.Position} keeps failing, last at {report.Info.LastErrorAt:u}: {error}",
                "Fix the handler, or what it needs. When its attempts are used up, OnError applies.")
            : null;
    }

    private static StoreCheck? Ahead(SubscriptionReport report) => !report.IsAhead ? null : Found(
        CheckDefinition.Ahead, report, CheckSeverity.Error,
        $"Its checkpoint is {report.Info.Position}, but the last position is {report.Info.Head}: the database went back to an earlier " +
        "state.",
        "Restore the lost events, or rewind it to where its effects still fit, with RewindAsync.");

    private static StoreCheck? Coverage(SubscriptionReport report)
    {
        var uncovered = report.Info.Partitions.Where(partition => !partition.IsCovered).ToArray();
        return uncovered.Length == 0 ? null : Found(
            CheckDefinition.Coverage, report, CheckSeverity.Warning,
            $"Its owner {string.Join(", ", uncovered.Select(partition => $"'{partition.Owner}'").Distinct())} can't handle all of its " +
            "events, and waits at the first one that it can't handle.",
            "Start a build that can, or call AcceptDefinitionAsync if the handler was removed on purpose.");
    }

    private static StoreCheck Found(
        CheckDefinition check, SubscriptionReport report, CheckSeverity severity, string evidence, string remedy)
        => check.Found(
            severity, report.Info.Stream is { } stream ? $"(stream '{stream}') {evidence}" : evidence, remedy, report.Info.Name);

    private static string Lag(SubscriptionInfo info) => info.LagEvents == 0
        ? "Nothing waits for it."
        : $"It is at position {info.Position} of {info.Head}: {(info.LagEvents == SubscriptionInfo.MaxLagEvents ? "at least " : "")}" +
          $"{Count(info.LagEvents)} events behind, the first of them {StoreRules.Words(info.LagTime)} old.";

    private static string Speed(SubscriptionReport report) => report switch
    {
        { PositionsPerSecond: null } => "How fast it is isn't known yet.",
        { PositionsPerSecond: { } speed, TimeToCatchUp: { } left } => string.Create(
            CultureInfo.InvariantCulture, $"At {speed:0.#} positions a second it will have caught up in {StoreRules.Words(left)}."),
        { PositionsPerSecond: { } speed } => string.Create(
            CultureInfo.InvariantCulture, $"At {speed:0.#} positions a second it doesn't catch up with the writers."),
    };

    private static string Error(SubscriptionInfo info) => info.LastError is null ? "" : $" Its last error is: {info.LastError}";

    private static string For(TimeSpan time) => time > TimeSpan.Zero ? $" for at least {StoreRules.Words(time)}" : "";

    private static string Owners(SubscriptionInfo info)
        => string.Join(
            ", ", info.Partitions.Select(partition => partition.Owner).OfType<string>().Distinct().Select(owner => $"'{owner}'"));

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
