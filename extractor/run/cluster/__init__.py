"""Runs over many machines: the stages as actors of Ray Data, and the answers as shards in one folder.

The table is read here and cut into units of rows (`units`), and batches of them go through actors (`actors`): a picture
is got (`pictures`), read and answered in a process of the actor's (`reading`), a VLM is asked (`asking`), and the rows
of a batch become one shard (`shards`), a file that is whole or not there. What the shards hold is not done again. At
the end they are joined into one table in the order of the input (`joining`). `engine` puts these together; it and
`actors` are the only modules that need Ray.
"""
