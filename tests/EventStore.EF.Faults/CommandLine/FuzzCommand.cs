using System.CommandLine;

namespace EventStore.EF.Faults;

/// <summary><c>fuzz</c>: bad input, again and again.</summary>
internal sealed class FuzzCommand : Command
{
    private readonly Option<long> _cases = new("--cases") { Description = "How many, 1,000 or more.", DefaultValueFactory = _ => 1_000_000 };
    private readonly Option<string> _provider = new("--provider") { Description = "The database under the cases that need one.", DefaultValueFactory = _ => "sqlite" };

    public FuzzCommand()
        : base("fuzz", "Gives names, payloads, metadata, options and stored bytes that nobody should. Ends with 0 when nothing was broken by it.")
    {
        _provider.AcceptOnlyFromAmong("postgres", "sqlite");
        _cases.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && long.TryParse(token.Value, out var value) && value < 1000)
                result.AddError($"--cases is 1,000 or more, and not {value}.");
        });
        Add(_cases);
        Add(_provider);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken ct)
    {
        var undo = new Undo();
        await using (undo.ConfigureAwait(false))
        {
            var folder = Directory.CreateTempSubdirectory("eventstore-fuzz-").FullName;
            undo.With("rm", "-rf", folder);
            IEnumerable<FuzzTarget> targets = Fuzzer.Targets(Path.Combine(folder, "fuzz.db"));
            if (parsed.GetValue(_provider) == "postgres")
            {
                await Programs.RunAsync(["chmod", "711", folder], ct: ct).ConfigureAwait(false);
                var cluster = await Cluster.CreateAsync(folder, undo, ct).ConfigureAwait(false);
                targets = targets.SkipLast(1).Append(new StoreTarget(Provider.PostgreSql, cluster.ConnectionString, 2));
            }

            try
            {
                var tried = await Fuzzer.RunAsync(targets, parsed.GetValue(_cases), Console.Out, ct).ConfigureAwait(false);
                Console.WriteLine(FormattableString.Invariant($"{tried:N0} cases, and nothing was broken."));
                return 0;
            }
            catch (CsCheck.CsCheckException exception)
            {
                Console.WriteLine($"BROKEN: {exception}");
                return 1;
            }
        }
    }
}
