using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the file of one event: its stored names, its descriptor and its serializer.</summary>
internal static class EventEmitter
{
    private const string Descriptor = "global::EventStore.EF.EventDescriptor";

    /// <summary>The class with the descriptor. It also contains the serializer, unless the user supplies one.</summary>
    public static string ClassName(EventModel model) => (model.Shape is null ? "Event_" : "Json_") + model.Type.Id;

    public static SourceText Emit(string ns, EventModel model)
    {
        var contracts = model.Aliases.Prepend(model.Name).Select(name =>
            $"[assembly: {Code.Library}EventContract("
                + $"{GeneratedFile.Literal(name)}, {Code.Number(model.Version)}, typeof({model.Type.Code}))]");
        return GeneratedFile.Of(ns, contracts, code =>
        {
            if (model.Shape is not null)
                ShapeEmitter.Emit(code, model.Shape, inside => Describe(inside, model));
            else
                Describe(code.Lines(GeneratedFile.Attributes).Open($"internal static class {ClassName(model)}"), model).Close();
        });
    }

    private static SourceWriter Describe(SourceWriter code, EventModel model)
    {
        var type = model.Type.Code;
        var aliases = string.Join(", ", model.Aliases.Select(GeneratedFile.Literal));
        var context = model.Context ?? ContextEmitter.ClassName;
        var json = model.HasOwnSerializer
            ? $"throw {Code.Library}EventJson.NoSerializer(typeof({type}))"
            : $"{context}.Default.GetTypeInfo(typeof({type}))";
        var hasReader = model.Shape is ClassShape { HasReader: true };
        code.Line($"internal static {Descriptor} Describe() => new {Descriptor}(")
            .Line($"    {GeneratedFile.Literal(model.Name)},")
            .Line($"    {Code.Number(model.Version)},")
            .Line($"    {(model.Aliases.Count == 0 ? "global::System.Array.Empty<string>()" : $"new string[] {{ {aliases} }}")},")
            .Line($"    typeof({type}),")
            .Line($"    static () => {json}{(hasReader ? ", Read" : "")}{(model.IsChecked ? ", isChecked: true" : "")});")
            .Line();
        if (hasReader)
            ReaderEmitter.Boxed(code, type);
        return code;
    }
}
