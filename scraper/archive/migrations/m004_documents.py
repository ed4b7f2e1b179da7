"""What policy documents say of themselves."""

from __future__ import annotations

from sqlite_utils import Database

_DOCUMENTS = (
    """
CREATE TABLE documents (                 -- articles that are policy documents (公文)
  article_id INTEGER PRIMARY KEY REFERENCES articles(id),
  document_number TEXT,                  -- 文号
  index_number TEXT,                     -- 索引号
  issuer TEXT,                           -- 发布机构
  written_on TEXT,                       -- 成文日期
  topic TEXT,                            -- 主题分类
  document_type TEXT,                    -- 公文种类
  validity TEXT,                         -- 有效性
  effective_on TEXT,                     -- 生效日期
  expires_on TEXT                        -- 失效日期
) STRICT""",
    "CREATE INDEX documents_number ON documents(document_number)",
    "CREATE INDEX documents_issuer ON documents(issuer)",
)


def m004_documents(db: Database) -> None:
    """What policy documents say of themselves."""
    for statement in _DOCUMENTS:
        db.execute(statement.strip())
