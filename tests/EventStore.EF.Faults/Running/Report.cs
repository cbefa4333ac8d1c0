namespace EventStore.EF.Faults;

/// <summary>A run's outcome in words.</summary>
internal static class Report
{
    private const int ShownTrace = 30;
    private const int ShownLine = 400;

    public static void Write(TextWriter output, Outcome outcome, string repeat)
    {
        var history = outcome.History;
        var stalls = Stalls.Longest(history);
        output.WriteLine(FormattableString.Invariant(
            $"{history.Stored.Count:N0} events stored, {history.Operations.Count:N0} appends, {history.Entries.OfType<Delivered>().Count():N0} deliveries checked."));
        output.WriteLine("  fault                times   longest wait for delivery");
        foreach (var name in outcome.Struck.Keys.Prepend(Stalls.NoFault))
        {
            var times = outcome.Struck.GetValueOrDefault(name);
            output.WriteLine(FormattableString.Invariant($"  {name,-20} {(times == 0 ? "" : times),5}   {stalls.GetValueOrDefault(name).TotalSeconds,8:0.000} s"));
        }

        if (outcome.Violations is not [var first, ..])
        {
            output.WriteLine("No violation.");
            return;
        }

        output.WriteLine();
        foreach (var rule in outcome.Violations.GroupBy(violation => violation.Rule))
            output.WriteLine($"VIOLATED, {rule.Count()} times: {rule.Key}. {Short(rule.First().What)}");

        output.WriteLine();
        output.WriteLine($"The shortest trace that shows it ({first.Rule}: {Short(first.What)}):");
        foreach (var entry in first.Trace.Take(ShownTrace))
            output.WriteLine($"  {Short(HistoryLine.Write(entry))}");

        output.WriteLine();
        output.WriteLine($"To repeat: {repeat}");
    }

    private static string Short(string text) => text.Length <= ShownLine ? text : $"{text[..ShownLine]}…";
}
