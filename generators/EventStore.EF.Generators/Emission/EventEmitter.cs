using EventStore.EF.Generators.Model;
using Microsoft.CodeAnalysis.Text;

namespace EventStore.EF.Generators.Emission;

/// <summary>Emits the file of one event: its contracts, its descriptor and its serializer.</summary>
internal static class EventEmitter
{
    private const string Descriptor = "global::EventStore.EF.EventDescriptor";

    public static SourceText Emit(string ns, EventModel model)
    {
        var type = model.Shape.Type.Code;
        var version = Code.Number(model.Version);
        var contracts = model.Aliases.Prepend(model.Name).Select(name =>
            $"[assembly: global::EventStore.EF.EventContract({GeneratedFile.Literal(name)}, {version}, typeof({type}))]");
        var aliases = string.Join(", ", model.Aliases.Select(GeneratedFile.Literal));
        var hasReader = model.Shape is ClassShape { HasReader: true };
        return GeneratedFile.Of(ns, contracts, code => ShapeEmitter.Emit(code, model.Shape, inside =>
        {
            inside
                .Line($"internal static {Descriptor} Describe() => new {Descriptor}(")
                .Line($"    {GeneratedFile.Literal(model.Name)},")
                .Line($"    {version},")
                .Line($"    {(model.Aliases.Count == 0 ? "global::System.Array.Empty<string>()" : $"new string[] {{ {aliases} }}")},")
                .Line($"    typeof({type}),")
                .Line($"    static () => {ContextEmitter.ClassName}.Default.GetTypeInfo(typeof({type})){(hasReader ? ", Read" : "")});")
                .Line();
            if (hasReader)
                ReaderEmitter.Boxed(inside, type);
        }));
    }
}
