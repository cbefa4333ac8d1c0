namespace EventStore.EF.Benchmarks;

/// <summary>A table that reads well in a terminal and may be put into a page as it is.</summary>
internal static class MarkdownTable
{
    /// <summary>A row per case; the figures beside the main one share a cell: store / floor.</summary>
    public static string Of(IReadOnlyList<Outcome> outcomes)
    {
        var beside = outcomes.SelectMany(outcome => outcome.Beside).Select(figure => figure.Name).Distinct().ToArray();
        List<string[]> rows = [["database", "case", "unit", "store", "floor", "ratio", "reach", .. beside]];
        foreach (var (@case, unit, main, figures) in outcomes)
        {
            rows.Add([
                @case.Provider.ToString(), @case.Name, unit, Number.Text(main.Store), Number.Text(main.Floor), Number.Text(main.Ratio), Verdict(main),
                .. beside.Select(name => figures.FirstOrDefault(figure => figure.Name == name) is { } figure ? Pair(figure) : ""),
            ]);
        }

        return Align(rows);
    }

    private static string Pair(Figure figure)
    {
        var pair = figure.Floor is null ? Number.Text(figure.Store) : $"{Number.Text(figure.Store)} / {Number.Text(figure.Floor)}";
        return figure.Reach is null ? pair : $"{pair}: {Number.Text(figure.Ratio)} {Verdict(figure)}";
    }

    private static string Verdict(Figure figure) => figure.Reach is { } reach ? $"{reach} {(reach.IsMetBy(figure) ? '✓' : '✗')}" : "";

    private static string Align(List<string[]> rows)
    {
        const int TextColumns = 3;
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        rows.Insert(1, [.. widths.Select((width, column) => column < TextColumns ? new string('-', width) : new string('-', width - 1) + ":")]);
        return string.Join(Environment.NewLine, rows.Select(row =>
            $"| {string.Join(" | ", row.Select((cell, column) => column < TextColumns ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |"));
    }
}
