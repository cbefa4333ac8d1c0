using System.Globalization;

namespace EventStore.EF.Faults;

/// <summary>
/// An entry as a line of text: time, kind and fields, separated by tabs. Lists inside a field are separated by <c>;</c>, their parts by
/// <c>|</c> and ids by <c>,</c>; <c>-</c> is nothing.
/// </summary>
/// <remarks><code>
///   71402231  intended      w1-17  expected  hot-3|12|0199…,0199…
///   71409873  acknowledged  w1-17  14|207|208
///   71411002  delivered     audit  s2  0199…  207  hot-3  13
/// </code></remarks>
internal static class HistoryLine
{
    private const string Nothing = "-";

    public static string Write(HistoryEntry entry) => entry switch
    {
        Intended it => Line(it, "intended", it.Operation, it.Kind, string.Join(';', it.Appends.Select(append
            => $"{append.Stream}|{Text(append.Expected)}|{string.Join(',', append.Ids)}"))),
        Acknowledged it => Line(it, "acknowledged", it.Operation, string.Join(';', it.Results.Select(result
            => string.Create(CultureInfo.InvariantCulture, $"{result.StreamVersion}|{result.FirstPosition}|{result.LastPosition}")))),
        Refused it => Line(it, "refused", it.Operation, it.Reason, it.Stream ?? Nothing, Text(it.Actual)),
        Unknown it => Line(it, "unknown", it.Operation, it.Reason),
        Subscribed it => Line(it, "subscribed", it.Subscription, it.IsPartitioned ? "partitioned" : "whole"),
        Delivered it => Line(it, "delivered", it.Subscription, it.Process, it.Id.ToString(), Text(it.Place.Position), it.Place.Stream, Text(it.Place.Version)),
        Failed it => Line(it, "failed", it.Subscription, it.Process, it.Id.ToString()),
        Parked it => Line(it, "parked", it.Subscription, it.Id.ToString()),
        Joined it => Line(it, "joined", it.Subscription),
        Committing it => Line(it, "committing", it.Operation),
        RowLocked it => Line(it, "row-locked", Text(it.Since), it.Subscription),
        Checkpointed it => Line(it, "checkpoint", it.Subscription, Text(it.Partition), Text(it.Epoch), Text(it.Position)),
        Stored it => Line(it, "stored", it.Id.ToString(), Text(it.Place.Position), it.Place.Stream, Text(it.Place.Version)),
        Effect it => Line(it, "effect", it.Projection, it.Id.ToString()),
        Accompanied it => Line(it, "accompanied", it.Operation),
        FaultBegan it => Line(it, "fault-began", it.Fault, it.Detail),
        FaultEnded it => Line(it, "fault-ended", it.Fault, it.Detail),
        WentBack it => Line(it, "went-back", Text(it.Since)),
        ServerCrashed it => Line(it, "server-crashed", Text(it.Since)),
        LossReported it => Line(it, "loss-reported", it.Process, it.Report),
        Misbehaved it => Line(it, "misbehaved", it.Process, it.What),
        _ => throw new ArgumentException($"{entry.GetType()} has no line.", nameof(entry)),
    };

    /// <exception cref="FormatException">It is no such line.</exception>
    public static HistoryEntry Read(string line)
    {
        var fields = line.Split('\t');
        if (fields.Length < 3)
            throw NoLine(line);

        var time = Number(fields[0]);
        return fields[1..] switch
        {
            ["intended", var operation, var kind, var appends] => new Intended(time, operation, kind, [.. appends.Split(';').Select(Append)]),
            ["acknowledged", var operation, var results] => new Acknowledged(time, operation, [.. results.Split(';').Select(Result)]),
            ["refused", var operation, var reason, var stream, var actual]
                => new Refused(time, operation, reason, stream == Nothing ? null : stream, OptionalNumber(actual)),
            ["unknown", var operation, var reason] => new Unknown(time, operation, reason),
            ["subscribed", var subscription, var order] => new Subscribed(time, subscription, order == "partitioned"),
            ["delivered", var subscription, var process, var id, var position, var stream, var version]
                => new Delivered(
                    time, string.Intern(subscription), string.Intern(process), Guid.Parse(id), new(Number(position), string.Intern(stream), Number(version))),
            ["failed", var subscription, var process, var id] => new Failed(time, string.Intern(subscription), string.Intern(process), Guid.Parse(id)),
            ["parked", var subscription, var id] => new Parked(time, subscription, Guid.Parse(id)),
            ["joined", var subscription] => new Joined(time, subscription),
            ["committing", var operation] => new Committing(time, operation),
            ["row-locked", var since, var subscription] => new RowLocked(time, Number(since), subscription),
            ["checkpoint", var subscription, var partition, var epoch, var position]
                => new Checkpointed(time, subscription, (int)Number(partition), Number(epoch), Number(position)),
            ["stored", var id, var position, var stream, var version] => new Stored(time, Guid.Parse(id), new(Number(position), string.Intern(stream), Number(version))),
            ["effect", var projection, var id] => new Effect(time, projection, Guid.Parse(id)),
            ["accompanied", var operation] => new Accompanied(time, operation),
            ["fault-began", var fault, var detail] => new FaultBegan(time, fault, detail),
            ["fault-ended", var fault, var detail] => new FaultEnded(time, fault, detail),
            ["went-back", var since] => new WentBack(time, Number(since)),
            ["server-crashed", var since] => new ServerCrashed(time, Number(since)),
            ["loss-reported", var process, var report] => new LossReported(time, process, report),
            ["misbehaved", var process, var what] => new Misbehaved(time, process, what),
            _ => throw NoLine(line),
        };
    }

    private static string Line(HistoryEntry entry, string kind, params ReadOnlySpan<string> fields)
    {
        var line = new System.Text.StringBuilder().Append(entry.Time).Append('\t').Append(kind);
        foreach (var field in fields)
            line.Append('\t').Append(field.Length == 0 ? Nothing : field.ReplaceLineEndings(" ").Replace('\t', ' '));

        return line.ToString();
    }

    private static IntendedAppend Append(string text) => text.Split('|') is [var stream, var expected, var ids]
        ? new(stream, OptionalNumber(expected), [.. ids.Split(',').Select(Guid.Parse)])
        : throw NoLine(text);

    private static AppendResult Result(string text) => text.Split('|') is [var version, var first, var last]
        ? new(Number(version), Number(first), Number(last))
        : throw NoLine(text);

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? Nothing;

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static long? OptionalNumber(string text) => text == Nothing ? null : Number(text);

    private static FormatException NoLine(string text) => new($"'{text}' is no line of a history.");
}
