using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the fold of one state: a switch on the event's type.</summary>
internal static class StateEmitter
{
    private const string Descriptor = Code.Library + "StateDescriptor";

    public static SourceText Emit(string ns, StateModel model) => GeneratedFile.Of(ns, [], code =>
    {
        var type = model.Type.Code;
        var context = model.Context ?? ContextEmitter.ClassName;
        var json = model.SnapshotEvery == 0 ? "null" : $"static () => {context}.Default.GetTypeInfo(typeof({type}))";
        code.Lines(GeneratedFile.Attributes).Open($"internal static class State_{model.Type.Id}")
            .Line($"internal static {Descriptor} Describe() => new {Descriptor}(")
            .Line($"    typeof({type}),")
            .Line($"    {GeneratedFile.Literal(model.SnapshotType)},")
            .Line($"    {Code.Number(model.SnapshotEvery)},")
            .Line($"    {(model.Begin is null ? "null" : $"static () => {model.Begin}")},")
            .Line("    Fold,")
            .Line($"    {json}{(model.HasReader ? ", Read" : "")}{(model.TakesRecordedEvents ? ", takesRecordedEvents: true" : "")});")
            .Line();
        if (model.HasReader)
            ReaderEmitter.Boxed(code, type, $"Json_{model.Type.Id}.");
        code.Open($"private static object? Fold(object? state, object data, {Code.Library}RecordedEvent? recorded)")
            .Open("switch (data)");
        for (var i = 0; i < model.Events.Count; i++)
            Case(code, type, model.Events[i], $"e{Code.Number(i)}");
        code.Line("default:").Line("    return state;").Close().Close();
        AccessorEmitter.Emit(code, model.Accessors);
        code.Close();
    });

    private static void Case(SourceWriter code, string type, StateEventModel e, string variable)
    {
        code.Line($"case {e.Type} {variable}:");
        code.Line("    if (state is null)")
            .Line(e.Create is null
                ? $"        throw {Descriptor}.NotBegun(typeof({type}), {variable});"
                : $"        return {Call(e.Create)};");
        if (e.Apply is null)
        {
            code.Line($"    throw {Descriptor}.BegunTwice(typeof({type}), {variable});");
            return;
        }

        if (e.Returns)
            code.Line($"    return {Call(e.Apply)};");
        else
            code.Line($"    {Call(e.Apply)};").Line("    return state;");

        string Call(StateCallModel call) => call.TakesRecordedEvent
            ? $"{call.Code}{variable}, recorded ?? throw {Descriptor}.NotRecorded(typeof({type}), {variable}))"
            : $"{call.Code}{variable})";
    }
}
