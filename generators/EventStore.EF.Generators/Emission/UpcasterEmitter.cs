using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the upcasters of the assembly, each composed with the upcasters that its result needs next.</summary>
internal static class UpcasterEmitter
{
    public const string ClassName = "Upcasters";

    private const string Descriptor = Code.Library + "UpcasterDescriptor.";

    public static SourceText Emit(string ns, EquatableArray<UpcasterModel> upcasters) => GeneratedFile.Of(ns, [], code =>
    {
        var steps = Steps(upcasters);
        var json = upcasters.Select((model, i) => (model.Json, Field: $"J{i}")).Where(pair => pair.Json is not null)
            .GroupBy(pair => (pair.Json!.Name, pair.Json.Version))
            .ToDictionary(group => group.Key, group => (group.First().Json!, group.First().Field));
        code.Lines(GeneratedFile.Attributes).Open($"internal static class {ClassName}");
        foreach (var step in steps.Values)
            code.Line($"private static readonly {step.Interface} {step.Field} = new {step.Type}();");
        for (var i = 0; i < upcasters.Count; i++)
        {
            if (upcasters[i].Json is not null)
                code.Line($"private static readonly {Code.Library}IJsonUpcaster J{i} = new {upcasters[i].Type.Code}();");
        }

        code.Line().Open($"internal static void Contribute({Code.Library}EventCatalogBuilder builder)");
        foreach (var from in steps.Keys)
            code.Line($"builder.Add({Typed(from, steps)});");
        foreach (var source in json.Keys)
            code.Line($"builder.Add({Json(source, json)});");
        code.Close().Close();
    });

    private static Dictionary<string, Step> Steps(EquatableArray<UpcasterModel> upcasters)
    {
        var steps = new Dictionary<string, Step>(StringComparer.Ordinal);
        foreach (var upcaster in upcasters)
        {
            foreach (var upcast in upcaster.Upcasts)
            {
                var interfaceName = upcast.To is null ? $"ISplittingUpcaster<{upcast.From}>" : $"IUpcaster<{upcast.From}, {upcast.To}>";
                if (steps.ContainsKey(upcast.From))
                    continue;
                var field = $"U{Code.Number(steps.Count)}";
                steps.Add(upcast.From, new(Code.Library + interfaceName, upcaster.Type.Code, field, upcast.To));
            }
        }

        return steps;
    }

    private static string Typed(string from, Dictionary<string, Step> steps)
    {
        var step = steps[from];
        var call = $"{step.Field}.Upcast(({from})e)";
        if (step.To is not { } to)
            return $"{Descriptor}ToSeveral(typeof({from}), static e => {call})";

        var passed = new HashSet<string>(StringComparer.Ordinal) { from };
        while (passed.Add(to) && steps.TryGetValue(to, out var next) && next.To is { } further)
            (call, to) = ($"{next.Field}.Upcast({call})", further);
        return $"{Descriptor}ToOne(typeof({from}), typeof({to}), static e => {call})";
    }

    private static string Json((string, int) source, Dictionary<(string, int), (JsonUpcastModel Model, string Field)> json)
    {
        var (model, field) = json[source];
        var call = $"{field}.Upcast(e)";
        var to = (model.ToName, model.ToVersion);
        var passed = new HashSet<(string, int)> { source };
        while (passed.Add(to) && json.TryGetValue(to, out var next))
        {
            var variable = $"e{Code.Number(passed.Count)}";
            call = $"({call}) is {{ }} {variable} ? {next.Field}.Upcast({variable}) : null";
            to = (next.Model.ToName, next.Model.ToVersion);
        }

        return $"new {Code.Library}JsonUpcasterDescriptor("
            + $"{GeneratedFile.Literal(model.Name)}, {Code.Number(model.Version)}, "
            + $"{GeneratedFile.Literal(to.ToName)}, {Code.Number(to.ToVersion)}, static e => {call})";
    }

    private sealed record Step(string Interface, string Type, string Field, string? To);
}
