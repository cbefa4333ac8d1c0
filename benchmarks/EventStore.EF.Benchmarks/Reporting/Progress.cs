namespace EventStore.EF.Benchmarks;

/// <summary>Says on standard error what is going on: in place on a terminal, otherwise only what is done.</summary>
internal sealed class Progress
{
    private readonly bool _isTerminal = !Console.IsErrorRedirected;

    public void Show(string text)
    {
        if (_isTerminal)
            Console.Error.Write($"\r\e[K{text}");
    }

    public void Done(Outcome outcome)
    {
        Show("");
        var (@case, unit, main, _) = outcome;
        var beside = main.Floor is null ? "" : $", floor {Number.Text(main.Floor)}, ratio {Number.Text(main.Ratio)}";
        Console.Error.WriteLine($"{@case.Provider}, {@case.Name}: {Number.Text(main.Store)} {unit}{beside}");
    }
}
