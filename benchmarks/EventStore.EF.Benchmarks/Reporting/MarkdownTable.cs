namespace EventStore.EF.Benchmarks;

/// <summary>Tables that read well in a terminal and may be put into a page as they are.</summary>
internal static class MarkdownTable
{
    private const int TextColumns = 3;

    /// <summary>A row per case. Cases with different figures beside the main one are apart; a pair in a cell is store / floor.</summary>
    public static string Of(IEnumerable<Outcome> outcomes)
        => string.Join(Environment.NewLine + Environment.NewLine, outcomes.GroupBy(outcome => string.Join('|', outcome.Beside.Select(figure => figure.Name))).Select(Table));

    private static string Table(IEnumerable<Outcome> outcomes)
    {
        var first = outcomes.First();
        List<string[]> rows = [["database", "case", "unit", "store", "floor", "ratio", "reach", .. first.Beside.Select(figure => figure.Name)]];
        foreach (var (@case, unit, main, beside) in outcomes)
            rows.Add([@case.Provider.ToString(), @case.Name, unit, Number.Text(main.Store), Number.Text(main.Floor), Number.Text(main.Ratio), Verdict(main), .. beside.Select(Cell)]);

        return Align(rows);
    }

    private static string Cell(Figure figure)
    {
        var pair = figure.Floor is null ? Number.Text(figure.Store) : $"{Number.Text(figure.Store)} / {Number.Text(figure.Floor)}";
        return figure.Reach is null ? pair : $"{pair}: {Number.Text(figure.Ratio)} {Verdict(figure)}";
    }

    private static string Verdict(Figure figure) => figure.Reach is { } reach ? $"{reach} {(reach.IsMetBy(figure) ? '✓' : '✗')}" : "";

    private static string Align(List<string[]> rows)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        rows.Insert(1, [.. widths.Select((width, column) => column < TextColumns ? new string('-', width) : new string('-', width - 1) + ":")]);
        return string.Join(Environment.NewLine, rows.Select(row =>
            $"| {string.Join(" | ", row.Select((cell, column) => column < TextColumns ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |"));
    }
}
